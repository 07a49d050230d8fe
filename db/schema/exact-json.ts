import { sql } from "drizzle-orm";
import { customType } from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";

/**
 * jsonb that is read as it was written. Drizzle's own parses a text that the driver has parsed already once more, and
 * makes the number 6.1 of the text "6.10".
 */
export const exactJson = customType<{ data: Json; driverData: Json }>({
  dataType: () => "jsonb",
  // As text, so that the driver does not write JSON of it a second time.
  toDriver: (value) => sql`${JSON.stringify(value)}::text::jsonb`,
});
