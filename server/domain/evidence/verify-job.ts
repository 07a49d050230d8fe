import { mutatingCalls } from "../approval/decide.ts";
import type { AuditRecord } from "../audit/event.ts";
import { canonicalJson, type Json } from "../canonical/json.ts";
import { evaluateExpectations, evaluateGate } from "../gate/evaluate.ts";
import { contentDigest, requestDigest } from "../plan/digest.ts";
import { type JobRecord, recordDigest, type TenantRecord } from "./bundle.ts";
import { cleanRoomReport } from "./clean-room.ts";
import { decisionsProblem } from "./verify-decisions.ts";
import { emergencyProblem } from "./verify-emergency.ts";
import { standingProblem } from "./verify-standing.ts";
import { signatureProblem } from "./verify-signature.ts";

type AuditEvent = AuditRecord["event"];
type Check = (
  job: JobRecord,
  given: { tenant: TenantRecord; events: readonly AuditEvent[] },
) => string | null;

/** The first thing in a job's record that contradicts the rest, as a sentence; null when all of it fits together. */
export function jobProblem(
  job: JobRecord,
  given: { tenant: TenantRecord; events: readonly AuditEvent[] },
): string | null {
  const events = given.events.filter(
    ({ objectKind, objectId }) => objectKind === "job" && objectId === job.id,
  );
  for (const check of CHECKS) {
    const problem = check(job, { tenant: given.tenant, events });
    if (problem !== null) return `Job ${job.number}: ${problem}`;
  }
  return null;
}

const plan: Check = (job, { tenant }) => {
  if (contentDigest(job.plan) !== job.contentDigest)
    return "the plan does not have the content digest on record.";
  const { id: jobId, nonce, expiresAt } = job;
  if (requestDigest(job.plan, { jobId, nonce, expiresAt: new Date(expiresAt) }) !== job.digest) {
    return "the plan, nonce and expiry do not have the digest that was approved.";
  }
  if (job.plan.tenant.id !== tenant.id) return "the plan is of another tenant.";
  return job.plan.effect === job.effect ? null : "the effect is not the plan's.";
};

const request: Check = (job, { events }) => {
  const asked = events.find(
    ({ action, outcome }) => (action === "job.request" || action === "job.run_read") && outcome === "done",
  );
  if (asked === undefined) return "no audit entry says that it was asked for.";
  if (asked.actor.id !== job.requester.id) return "the audit names another person as the one who asked.";
  if (asked.details["digest"] !== job.digest) return "the audit says that another digest was asked for.";
  const { reason } = asked.details;
  return reason === undefined || reason === job.reason ? null : "the audit says another reason for asking.";
};

const approvals: Check = (job, { events }) => {
  const wanted = mutatingCalls(job.plan).map(({ callId }) => callId);
  for (const { person, requestedBy, digest, decision, tickedCallIds, reason, at } of job.approvals) {
    const who = `the decision of ${person.name}`;
    if (digest !== job.digest) return `${who} is about another digest.`;
    if (requestedBy !== job.requester.id) return `${who} names another requester.`;
    if (person.id === job.requester.id) return `${who} is the requester's own.`;
    if (at >= job.expiresAt || at < job.requestedAt) return `${who} was made outside of the request's time.`;
    if (decision === "approve" && canonicalJson(sorted(tickedCallIds)) !== canonicalJson(sorted(wanted))) {
      return `${who} does not tick exactly the plan's changes.`;
    }
    const action = decision === "approve" ? "job.approve" : "job.reject";
    const entry = events.find(
      (event) => event.action === action && event.outcome === "done" && event.actor.id === person.id,
    );
    if (entry === undefined) return `${who} has no audit entry.`;
    if (decision === "approve" && entry.details["digest"] !== digest)
      return `${who} has an audit entry about another digest.`;
    if (entry.details["reason"] !== reason) return `${who} has an audit entry with another reason.`;
  }
  if (job.emergency !== null) return emergencyProblem(job, events);
  if (job.standing !== null) return standingProblem(job, events);
  const isApproved = job.approvals.some(({ decision }) => decision === "approve");
  if (job.effect !== "read" && job.startedAt !== null && !isApproved) return "it ran without an approval.";
  return null;
};

const signatures: Check = (job) => {
  for (const signature of job.signatures) {
    const problem = signatureProblem(signature, job);
    if (problem !== null) return problem;
  }
  return job.effect === "destroy" && job.startedAt !== null && job.signatures.length === 0
    ? "it destroys, and ran without a signature."
    : null;
};

const journal: Check = (job) => {
  const calls = new Set(job.plan.steps.flatMap((step) => step.calls.map(({ id }) => id)));
  const open = new Set<string>();
  const tries = new Map<string, number>();
  const listed = new Map(
    job.plan.steps.flatMap((step) => step.calls.map(({ id }) => [id, 1 + (step.retry ?? 0)] as const)),
  );
  for (const [index, { seq, kind, callId }] of job.journal.entries()) {
    if (seq !== index + 1) return `journal entry ${index + 1} is missing.`;
    if (callId !== null && !calls.has(callId))
      return `journal entry ${seq} is about a call that the plan has not.`;
    if (kind === "intent" && callId !== null) {
      open.add(callId);
      tries.set(callId, (tries.get(callId) ?? 0) + 1);
      if ((tries.get(callId) ?? 0) > (listed.get(callId) ?? 1)) {
        return `journal entry ${seq} tries ${callId} more often than the approved plan lists.`;
      }
    }
    if (kind === "outcome" && callId !== null && !open.has(callId)) {
      return `journal entry ${seq} is an outcome without an intent.`;
    }
  }
  return job.startedAt !== null && job.journal.length === 0 ? "it ran without a journal." : null;
};

const evidence: Check = (job, { tenant }) => {
  for (const { stepId, values, expectations, at } of job.evidence) {
    const step = job.plan.steps.find(({ id }) => id === stepId);
    if (step === undefined) return `evidence is of step ${stepId}, which the plan has not.`;
    const judged = evaluateExpectations(step.expect, values, scopeAt(tenant, at));
    const isSame =
      judged.length === expectations.length &&
      judged.every(({ passed }, index) => passed === expectations[index]?.passed);
    if (!isSame) return `the evidence of step ${stepId} does not judge as it says.`;
  }
  return null;
};

/** The evidence names each file by its digest, and the end of the job binds the evidence. */
const files: Check = (job) => {
  for (const { stepId, name, digest } of job.files ?? []) {
    const named = job.evidence.filter((one) => one.stepId === stepId);
    if (named.some(({ values }) => values[name] !== digest)) {
      return `the file ${name} of step ${stepId} is not the one that its evidence names.`;
    }
  }
  return null;
};

const gates: Check = (job, { tenant }) => {
  const steps = Object.fromEntries(job.evidence.map(({ stepId, values }) => [stepId, values]));
  for (const { gateId, passed, assertions, at } of job.gates) {
    const gate = job.plan.gates.find(({ id }) => id === gateId);
    if (gate === undefined) return `${gateId} is no gate of the plan.`;
    const judged = evaluateGate(gate, { ...scopeAt(tenant, at), steps });
    const isSame =
      judged.passed === passed &&
      judged.assertions.length === assertions.length &&
      judged.assertions.every((one, index) => one.passed === assertions[index]?.passed);
    if (!isSame) return `${gateId} does not judge on this evidence as it says.`;
  }
  const missing = job.plan.gates.find(
    ({ id }) => !job.gates.some(({ gateId, passed }) => gateId === id && passed),
  );
  return job.state === "succeeded" && missing ? `it succeeded, and ${missing.id} did not pass.` : null;
};

/** The end binds the record: what was changed in it afterwards no longer has the digest in the log. */
const end: Check = (job, { events }) => {
  const finished = events.find(({ action }) => action === "job.finished");
  if (finished === undefined) {
    return job.state === "succeeded" || job.state === "failed" ? "no audit entry says that it ended." : null;
  }
  if (finished.details["state"] !== job.state) return "the audit says that it ended in another state.";
  if (finished.details["says"] !== job.outcomeSays) return "the audit says another outcome.";
  const before = job.journal.filter(({ kind }) => kind !== "finished");
  const digest = recordDigest({ journal: before, evidence: job.evidence, gates: job.gates });
  const bound = finished.details["record"];
  return bound === undefined || bound === digest
    ? null
    : "journal, evidence or gates are not what they were when it ended.";
};

const marker: Check = (job) => {
  if (job.marker.stageHash !== job.plan.stage.hash)
    return "the marker is of other bytes than the plan's stage.";
  return job.marker.isGreen === (job.state === "succeeded") ? null : "the marker says another outcome.";
};

const cleanRoom: Check = (job, { tenant }) => {
  const report = cleanRoomReport(job.plan, cleanRoomFacts(job, tenant));
  return canonicalJson(asJson(report)) === canonicalJson(job.cleanRoom)
    ? null
    : "the clean-room report is not what the plan and journal give.";
};

const output: Check = (job) => {
  const gap = job.output.findIndex(({ seq }, index) => seq !== index + 1);
  return gap === -1 ? null : `line ${gap + 1} of the output is missing.`;
};

const CHECKS: readonly Check[] = [
  plan,
  request,
  approvals,
  (job, { events }) => decisionsProblem(job, events),
  signatures,
  journal,
  evidence,
  files,
  gates,
  end,
  marker,
  cleanRoom,
  output,
];

/** What the report of a run is made with: its calls that were sent, and whether the tenant had a manager before. */
export function cleanRoomFacts(
  job: Pick<JobRecord, "startedAt" | "requestedAt" | "journal">,
  tenant: Pick<TenantRecord, "values">,
) {
  const begun = job.startedAt ?? job.requestedAt;
  const intents = job.journal.flatMap(({ kind, callId }) =>
    kind === "intent" && callId !== null ? [callId] : [],
  );
  return {
    hadManager: tenant.values.some(({ name, at }) => name === "manager_id" && at < begun),
    sent: job.startedAt === null ? null : new Set(intents),
  };
}

/** What templates and gates could name at that time. */
function scopeAt(tenant: TenantRecord, at: string) {
  const saved: Record<string, Json> = {};
  for (const value of tenant.values) if (value.at <= at) saved[value.name] = value.value;
  return { tenant: { id: tenant.id, slug: tenant.slug }, inputs: tenant.inputs, saved };
}

const sorted = (ids: readonly string[]) => ids.toSorted();

/** A report is plain data; said in the type that is written down. */
export function asJson(report: ReturnType<typeof cleanRoomReport>): Json {
  return { ...report, calls: report.calls.map((call) => ({ ...call })) };
}
