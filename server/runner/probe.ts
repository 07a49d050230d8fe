import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";
import type { CallProbe, CloudCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { IdentityError } from "./endings.ts";
import { fillParameters, fillPath, fillValue } from "./fill-call.ts";
import { PROBE_PAUSE_MS } from "./limits.ts";
import { answerLine, failureLine, shownPath } from "./observed-session.ts";
import { captureOutputs, valueAtPointer } from "./pointer.ts";
import type { Run } from "./run.ts";

export type ProbeVerdict =
  | { kind: "took"; captured: Record<string, string>; status: number | null }
  | { kind: "not_taken" }
  | { kind: "cannot_know"; says: string };

/** What a look showed, for the people who may have to decide. */
export function probeInWords(verdict: ProbeVerdict): string {
  switch (verdict.kind) {
    case "took":
      return "The cloud shows that the call took effect.";
    case "not_taken":
      return "The cloud shows nothing of it, in two looks.";
    case "cannot_know":
      return verdict.says;
  }
}

/**
 * Whether a call whose answer was lost took effect, by looking. "It did not" needs two looks with a pause between:
 * a call still on its way in the cloud would show in the second. The call itself is never sent again.
 */
export async function probeCall(run: Run, step: PlannedStep, call: CloudCall): Promise<ProbeVerdict> {
  run.say("warn", "The answer is lost. Looking whether the call took effect; it is not sent again.", step.id);
  await run.parts.boundary("before probe");
  const seen = await lookTwice(run, step, call);
  await run.parts.boundary("after probe");
  return seen;
}

async function lookTwice(run: Run, step: PlannedStep, call: CloudCall): Promise<ProbeVerdict> {
  const first = await lookOnce(run, step, call);
  if (first.kind !== "not_taken") return first;
  await run.parts.wait(PROBE_PAUSE_MS);
  return lookOnce(run, step, call);
}

async function lookOnce(run: Run, step: PlannedStep, call: CloudCall): Promise<ProbeVerdict> {
  try {
    return call.probe === null
      ? await signInToSee(run, step)
      : await readToSee(run, step, { ...call, probe: call.probe });
  } catch (error) {
    if (error instanceof CloudError) return { kind: "cannot_know", says: error.says };
    if (error instanceof IdentityError) return { kind: "cannot_know", says: error.message };
    throw error;
  }
}

async function readToSee(
  run: Run,
  step: PlannedStep,
  { service, headers, probe }: Pick<CloudCall, "service" | "headers"> & { probe: CallProbe },
): Promise<ProbeVerdict> {
  const session = await run.sessions.open(step.identity);
  const request = {
    service,
    method: "GET" as const,
    path: fillPath(run, probe.path),
    // The look speaks the call's own microversion: in another one the same address may mean something else.
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => /-version$/i.test(name))),
    // Without a list the object's own address tells: it is there or it is not.
    accept: probe.list === null ? [200, 204, 404] : [200],
  };
  const shown = `GET ${shownPath(session, request)}`;
  const startedAt = performance.now();
  const answer = await session.call(request).catch((error: unknown) => {
    run.say("call", failureLine(shown, error, performance.now() - startedAt), step.id);
    throw error;
  });
  run.say("call", answerLine(shown, { ...answer, ms: performance.now() - startedAt }), step.id);
  if (probe.gone !== undefined) return removalVerdict(answer, probe.gone);
  if (answer.status === 404) return { kind: "not_taken" };
  const seen = probe.list === null ? [answer.body] : valueAtPointer(answer.body, probe.list);
  if (!Array.isArray(seen)) return { kind: "cannot_know", says: "The answer holds no list to look in." };
  if (seen.length === 0) return { kind: "not_taken" };
  if (seen.length > 1) {
    return {
      kind: "cannot_know",
      says: `There are ${seen.length} of them, and one cannot be told from another.`,
    };
  }
  if (!showsAll(run, seen[0], probe.shows ?? {})) return { kind: "not_taken" };
  const isLeft = (pointer: string) => valueAtPointer(seen[0], pointer) !== undefined;
  if (probe.lacks?.some(isLeft)) return { kind: "not_taken" };
  const captured = captureOutputs(seen[0], probe.captures);
  if (captured.kind === "missing") {
    return { kind: "cannot_know", says: `What is there has no ${captured.output}.` };
  }
  return { kind: "took", captured: captured.values, status: answer.status };
}

/** A call that removes took when the object is gone, or when the cloud says that it is going. */
function removalVerdict(
  answer: { status: number; body: unknown },
  { orShows }: NonNullable<CallProbe["gone"]>,
): ProbeVerdict {
  const isGoing = Object.entries(orShows).some(([pointer, values]) => {
    const found = jsonSchema.safeParse(valueAtPointer(answer.body, pointer));
    return found.success && values.some((value) => canonicalJson(value) === canonicalJson(found.data));
  });
  return answer.status === 404 || isGoing
    ? { kind: "took", captured: {}, status: answer.status }
    : { kind: "not_taken" };
}

/** What is always there shows a call by its values: as long as they are others, it did not take. */
function showsAll(run: Run, seen: unknown, wanted: Readonly<Record<string, Json>>): boolean {
  return Object.entries(wanted).every(([pointer, value]) => {
    const found = jsonSchema.safeParse(valueAtPointer(seen, pointer));
    return found.success && canonicalJson(found.data) === canonicalJson(fillValue(run, value));
  });
}

/** A password that signs in was set. Only for a call that sets the one password its step generated. */
async function signInToSee(run: Run, step: PlannedStep): Promise<ProbeVerdict> {
  const [secret, ...others] = step.generates;
  const parameters = fillParameters(run, step);
  const userId = valueAtPointer(parameters, "/user_id");
  const projectId = valueAtPointer(parameters, "/project_id");
  if (
    secret === undefined ||
    others.length > 0 ||
    typeof userId !== "string" ||
    typeof projectId !== "string"
  ) {
    return { kind: "cannot_know", says: "This call leaves nothing that could be looked at." };
  }
  run.sessions.secretChanged(secret, run.parts.now());
  const works = await run.sessions.passwordWorks({ userId, projectId, secret });
  run.say("call", `sign in with ${secret} -> ${works ? "accepted" : "refused"}`, step.id);
  return works ? { kind: "took", captured: {}, status: null } : { kind: "not_taken" };
}
