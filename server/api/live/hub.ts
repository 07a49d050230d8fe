import * as z from "zod";
import type { Connection } from "#db/client.ts";
import { log } from "#server/log.ts";

/** One announced change: ids only. What it means is read with the reader's own rights. */
const changeSchema = z.object({
  kind: z.string(),
  id: z.string().nullable(),
  tenantId: z.string().nullable(),
  jobId: z.string().nullable(),
  state: z.string().nullable(),
  seq: z.string().nullable(),
});
export type Change = z.output<typeof changeSchema>;

type Listener = (change: Change) => void;

interface Hub {
  listeners: Set<Listener>;
  isListening: boolean;
}

const shared: typeof globalThis & { countersignHub?: Hub } = globalThis;

/** Every listener is told to read again: changes may have been missed while the connection was away. */
const MISSED: Change = { kind: "missed", id: null, tenantId: null, jobId: null, state: null, seq: null };

/** Calls `listener` for every change announced by the database, over one LISTEN connection of the process. */
export async function listenToChanges(connection: Connection, listener: Listener): Promise<() => void> {
  const hub = (shared.countersignHub ??= { listeners: new Set(), isListening: false });
  hub.listeners.add(listener);
  if (!hub.isListening) {
    hub.isListening = true;
    try {
      await connection.sql.listen(
        "countersign",
        (payload) => tell(hub, payload),
        () => broadcast(hub, MISSED),
      );
    } catch (error) {
      hub.isListening = false;
      hub.listeners.delete(listener);
      throw error;
    }
  }
  return () => hub.listeners.delete(listener);
}

function tell(hub: Hub, payload: string): void {
  const change = changeSchema.safeParse(JSON.parse(payload));
  if (change.success) broadcast(hub, change.data);
  else log.error({ payload }, "an announced change has another shape");
}

function broadcast(hub: Hub, change: Change): void {
  for (const listener of hub.listeners) listener(change);
}
