import * as z from "zod";
import type { Json } from "#server/domain/canonical/json.ts";
import type { JournalRow } from "./journal.ts";

/** What became of one call. `applied`: it took effect. `refused`: it did not. */
export const callOutcomeSchema = z.strictObject({
  result: z.enum(["applied", "refused"]),
  status: z.number().nullable(),
  requestId: z.string().nullable(),
  captured: z.record(z.string(), z.string()),
  /** How it is known: the answer itself, or a look at the cloud afterwards. */
  seen: z.enum(["answer", "probe"]),
  says: z.string(),
});
export type CallOutcome = z.output<typeof callOutcomeSchema>;

/** Of a call that was announced; null until something is known of it. */
export interface CallProgress {
  outcome: CallOutcome | null;
  /** The task that carries it out, as soon as its number was known. */
  taskId: string | null;
  announcedAt: Date;
  /** How often it was announced: more than once only where its plan lists that. */
  tries: number;
}

/**
 * What the entries of a journal mean. Raised when an entry's body or its meaning changes; journals of every version that
 * was ever released go on being read (fixtures/journal-v*.json). Entries before versions were written count as 1.
 */
export const JOURNAL_VERSION = 1;

/** How far a run came, from its journal alone: what recovery goes on from. */
export interface Progress {
  lastSeq: number;
  /** The newest version that wrote to it. */
  version: number;
  isReplanned: boolean;
  startedSteps: ReadonlySet<string>;
  finishedSteps: ReadonlySet<string>;
  calls: ReadonlyMap<string, CallProgress>;
  /** Outputs by step that calls captured. */
  captured: ReadonlyMap<string, Record<string, string>>;
  judgedGates: ReadonlyMap<string, boolean>;
  /** When each step by hand began to wait for its person. */
  haltedAt: ReadonlyMap<string, Date>;
  recoveryCount: number;
}

/** The journal says what happened; an intent without an outcome is a call that nobody knows about. */
export function foldJournal(entries: readonly JournalRow[]): Progress {
  const startedSteps = new Set<string>();
  const finishedSteps = new Set<string>();
  const calls = new Map<string, CallProgress>();
  const captured = new Map<string, Record<string, string>>();
  const judgedGates = new Map<string, boolean>();
  const haltedAt = new Map<string, Date>();
  let version = 1;
  for (const { kind, stepId, callId, body, at } of entries) {
    if (kind === "halted" && stepId !== null) haltedAt.set(stepId, at);
    if (kind === "claimed" || kind === "recovered") {
      version = Math.max(version, writerSchema.parse(body).version ?? 1);
    }
    if (kind === "step_started" && stepId !== null) startedSteps.add(stepId);
    if (kind === "step_finished" && stepId !== null) finishedSteps.add(stepId);
    if (kind === "intent" && callId !== null) {
      const tries = (calls.get(callId)?.tries ?? 0) + 1;
      calls.set(callId, { outcome: null, taskId: null, announcedAt: at, tries });
    }
    const announced = callId === null ? undefined : calls.get(callId);
    // A number that cannot be read is no number: the task is then looked for.
    if (kind === "task" && announced) announced.taskId = taskBodySchema.safeParse(body).data?.id ?? null;
    if (kind === "outcome" && callId !== null && stepId !== null) {
      const outcome = callOutcomeSchema.parse(body);
      calls.set(callId, { ...(announced ?? { taskId: null, announcedAt: at, tries: 1 }), outcome });
      captured.set(stepId, { ...captured.get(stepId), ...outcome.captured });
    }
    if (kind === "gate") {
      const { id, passed } = gateBodySchema.parse(body);
      judgedGates.set(id, passed);
    }
  }
  return {
    lastSeq: entries.at(-1)?.seq ?? 0,
    version,
    isReplanned: entries.some(({ kind }) => kind === "replanned"),
    startedSteps,
    finishedSteps,
    calls,
    captured,
    judgedGates,
    haltedAt,
    recoveryCount: entries.filter(({ kind }, at) => kind === "recovered" && !isOfWait(entries[at - 1]))
      .length,
  };
}

/** What stands last in the journal of a job that waited for a person: going on with it is no break. */
export function isOfWait(entry: Pick<JournalRow, "kind"> | undefined): boolean {
  return entry?.kind === "halted" || entry?.kind === "attested";
}

/** Whether a call hangs in the air: announced, and nothing known of it since. */
export function isCallOpen({ calls }: Progress): boolean {
  return [...calls.values()].some(({ outcome }) => outcome === null);
}

const taskBodySchema = z.object({ id: z.string().min(1) });

const writerSchema = z.object({ version: z.number().int().positive().optional() });

const gateBodySchema = z.object({ id: z.string(), passed: z.boolean() });

export function gateBody(id: string, passed: boolean): Json {
  return { id, passed };
}
