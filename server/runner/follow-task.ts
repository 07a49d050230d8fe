import * as z from "zod";
import type { CloudCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import type { CloudSession } from "#server/openstack/session.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { RunStopped } from "./endings.ts";
import { PROBE_PAUSE_MS } from "./limits.ts";
import type { CallOutcome } from "./progress.ts";
import type { Run } from "./run.ts";

/** Between two looks at a task, and for how long it is looked at: longer than any restore that people wait for. */
const POLL_MS = 500;
const POLL_LATER_MS = 5_000;
const EARLY_MS = 30_000;
const DEADLINE_MS = 6 * 60 * 60_000;

/** How far the hypervisor's clock may be behind the console's when a lost task is looked for, in seconds. */
const SKEW_S = 120;

/** How often a task's state may be unreadable, one look after another, before nobody can know. */
const UNREADABLE_MAX = 5;

export interface CallWithTask {
  step: PlannedStep;
  call: CloudCall & { task: NonNullable<CloudCall["task"]> };
}

export function hasTask(given: { step: PlannedStep; call: CloudCall }): given is CallWithTask {
  return given.call.task !== undefined;
}

type Followed = { kind: "over"; outcome: CallOutcome } | { kind: "cannot_know"; says: string };

// https://pve.proxmox.com/pve-docs/api-viewer/#/nodes/{node}/tasks/{upid}/status
const statusBody = z.object({
  data: z.object({ status: z.enum(["running", "stopped"]), exitstatus: z.string().optional() }),
});

const listBody = z.object({
  data: z.array(z.object({ upid: z.string(), type: z.string(), id: z.string(), user: z.string() })),
});

/** Looks at a task until it is over. Its number stands in the journal, so another life of the run can go on with it. */
export async function followTask(run: Run, { step, call }: CallWithTask, taskId: string): Promise<Followed> {
  const session = await run.sessions.open(step.identity);
  const path = `${call.task.path}/${encodeURIComponent(taskId)}/status`;
  const startedAt = run.parts.now().getTime();
  let unreadable = 0;
  for (;;) {
    requireHeld(run);
    const elapsedMs = run.parts.now().getTime() - startedAt;
    try {
      const answer = await session.call({ service: call.service, method: "GET", path, accept: [200] });
      const { status, exitstatus = "" } = readBody(statusBody, answer).data;
      unreadable = 0;
      if (status === "stopped")
        return { kind: "over", outcome: outcomeOf(run, step, { taskId, exitstatus }) };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      unreadable += 1;
      if (unreadable >= UNREADABLE_MAX)
        return { kind: "cannot_know", says: `Its task ${taskId} cannot be read. ${error.says}` };
    }
    if (elapsedMs > DEADLINE_MS)
      return { kind: "cannot_know", says: `Its task ${taskId} has not come to an end.` };
    run.touch();
    await run.parts.wait(elapsedMs < EARLY_MS ? POLL_MS : POLL_LATER_MS);
  }
}

// A task that warned has done its work: `WARNINGS: 2`.
function outcomeOf(
  run: Run,
  step: PlannedStep,
  { taskId, exitstatus }: { taskId: string; exitstatus: string },
): CallOutcome {
  const isDone = exitstatus === "OK" || /^WARNINGS: \d+$/.test(exitstatus);
  run.say(isDone ? "note" : "error", `${taskId} -> ${exitstatus}`, step.id);
  return {
    result: isDone ? "applied" : "refused",
    status: 200,
    requestId: null,
    captured: {},
    seen: "answer",
    says: isDone ? "Done." : `The hypervisor's task ended with: ${exitstatus}.`,
  };
}

/** A task is waited for even when the job is cancelled: what it does cannot be called back. */
function requireHeld(run: Run): void {
  const { reason } = run.signal;
  if (reason instanceof RunStopped && reason.reason !== "cancelled") throw reason;
  run.assertHeld();
}

export type FoundTask =
  { kind: "found"; taskId: string } | { kind: "none" } | { kind: "cannot_know"; says: string };

/**
 * The task of a call whose answer was lost: of its kind, about its object, begun by this console's token since the call
 * was announced, and of no other call in the journal. "There is none" needs two looks with a pause between.
 */
export async function findTask(run: Run, given: CallWithTask, announcedAt: Date): Promise<FoundTask> {
  const first = await lookOnce(run, given, announcedAt);
  if (first.kind !== "none") return first;
  await run.parts.wait(PROBE_PAUSE_MS);
  return lookOnce(run, given, announcedAt);
}

async function lookOnce(run: Run, given: CallWithTask, announcedAt: Date): Promise<FoundTask> {
  try {
    const session = await run.sessions.open(given.step.identity);
    const candidates = await listCandidates(session, given, announcedAt);
    const known = await listKnown(run, candidates);
    const left = candidates.filter((upid) => !known.has(upid));
    const [only] = left;
    if (only === undefined) return { kind: "none" };
    if (left.length === 1) return { kind: "found", taskId: only };
    return {
      kind: "cannot_know",
      says: `${left.length} tasks could be this call's, and one cannot be told from another.`,
    };
  } catch (error) {
    if (error instanceof CloudError) return { kind: "cannot_know", says: error.says };
    throw error;
  }
}

async function listCandidates(
  session: CloudSession,
  { call }: CallWithTask,
  announcedAt: Date,
): Promise<string[]> {
  const { path, type, id } = call.task;
  const since = Math.floor(announcedAt.getTime() / 1000) - SKEW_S;
  const query = new URLSearchParams({ source: "all", typefilter: type, since: String(since), limit: "500" });
  const answer = await session.call({
    service: call.service,
    method: "GET",
    path: `${path}?${query.toString()}`,
    accept: [200],
  });
  const user = session.describe().userId;
  return readBody(listBody, answer).data.flatMap((task) =>
    task.type === type && task.id === id && task.user === user ? [task.upid] : [],
  );
}

async function listKnown(run: Run, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await run.parts.sql<{ id: string }[]>`
    select body->>'id' as id from journal_entry where kind = 'task' and body->>'id' = any (${run.parts.sql.array([...ids])}::text[])`;
  return new Set(rows.map(({ id }) => id));
}
