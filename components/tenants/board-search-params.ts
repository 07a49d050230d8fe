import { createParser, parseAsBoolean, parseAsString, parseAsStringLiteral } from "nuqs/server";
import * as z from "zod";

const uuid = z.uuid();

/** What the address of the board says: which cloud, which names, which of them, and whether one is being made. */
export const boardSearchParams = {
  cloud: createParser({
    parse: (text) => (uuid.safeParse(text).success ? text : null),
    serialize: (id: string) => id,
  }),
  q: parseAsString.withDefault(""),
  show: parseAsStringLiteral(["all", "attention", "complete"]).withDefault("all"),
  /** Key of the stage that they stand at, or `done`. */
  stage: parseAsString,
  new: parseAsBoolean.withDefault(false),
};
