import * as z from "zod";
import type { Connection } from "#db/client.ts";
import { log } from "#server/log.ts";

/** One announced change: ids only, and only those that it has. What it means is read with the reader's own rights. */
const changeSchema = z.object({
  kind: z.string(),
  id: z.string().nullable(),
  tenantId: z.string().nullable().default(null),
  jobId: z.string().nullable().default(null),
  state: z.string().nullable().default(null),
  seq: z.string().nullable().default(null),
});
export type Change = z.output<typeof changeSchema>;

/** Some changes were not told: whoever hears this reads everything again. */
export const MISSED: Change = {
  kind: "missed",
  id: null,
  tenantId: null,
  jobId: null,
  state: null,
  seq: null,
};

type Listener = (change: Change) => void;

interface Hub {
  listeners: Set<Listener>;
  /** Settles when the database has taken the LISTEN; null before the first listener and after a failure. */
  listening: Promise<unknown> | null;
}

const shared: typeof globalThis & { countersignHub?: Hub } = globalThis;

/**
 * Calls `listener` for every change announced by the database, over one LISTEN connection of the process. After a lost
 * connection everybody hears `MISSED`. Answers how to stop.
 */
export async function listenToChanges(connection: Connection, listener: Listener): Promise<() => void> {
  const hub = (shared.countersignHub ??= { listeners: new Set(), listening: null });
  hub.listeners.add(listener);
  hub.listening ??= connection.sql.listen(
    "countersign",
    (payload) => tell(hub, payload),
    () => broadcast(hub, MISSED),
  );
  try {
    await hub.listening;
  } catch (error) {
    hub.listening = null;
    hub.listeners.delete(listener);
    throw error;
  }
  return () => hub.listeners.delete(listener);
}

function tell(hub: Hub, payload: string): void {
  const change = readChange(payload);
  if (change) broadcast(hub, change);
  else log.error({ payload }, "an announced change has another shape");
}

function readChange(payload: string): Change | null {
  try {
    return changeSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    // Not JSON: the same as another shape.
    return null;
  }
}

function broadcast(hub: Hub, change: Change): void {
  for (const listener of hub.listeners) listener(change);
}
