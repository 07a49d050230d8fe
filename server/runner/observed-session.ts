import { assert } from "#server/domain/error/domain-error.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import type { CloudResponse } from "#server/openstack/cloud-call.ts";
import type { CloudSession } from "#server/openstack/session.ts";

/** Told of every answered or failed call, for the job's output. */
export type CallObserver = (line: string) => void;

/** A session that can only look. Planning and read-back get no other. */
export function readOnlySession(session: CloudSession, observe: CallObserver): CloudSession {
  return {
    describe: () => session.describe(),
    endpointOf: (service) => session.endpointOf(service),
    close: () => Promise.resolve(),
    async call(request) {
      assert(request.method === "GET" || request.method === "HEAD", "planning and read-back only read");
      const startedAt = performance.now();
      const shown = `${request.method} ${shownPath(session, request)}`;
      try {
        const response = await session.call(request);
        observe(answerLine(shown, { ...response, ms: performance.now() - startedAt }));
        return response;
      } catch (error) {
        observe(failureLine(shown, error, performance.now() - startedAt));
        throw error;
      }
    },
  };
}

/** Answers of one plan, by what was asked. */
export type Answers = Map<string, Promise<CloudResponse>>;

/** Asks the cloud once for what several steps of one plan look at: a plan is made of one look at the world. */
export function rememberingSession(session: CloudSession, answers: Answers): CloudSession {
  return {
    ...session,
    call(request) {
      const { service, path, headers, accept } = request;
      const key = JSON.stringify([service, path, headers ?? {}, accept ?? null]);
      const known = answers.get(key);
      if (known) return known;
      const asked = session.call(request);
      answers.set(key, asked);
      // A failure is not kept: another step may ask again.
      asked.catch(() => answers.delete(key));
      return asked;
    },
  };
}

const SIGN_IN = "POST /v3/auth/tokens";

/** A sign-in is a call like any other, and takes as long. */
export async function observedSignIn(
  observe: CallObserver,
  signIn: () => Promise<CloudSession>,
): Promise<CloudSession> {
  const startedAt = performance.now();
  try {
    const session = await signIn();
    observe(answerLine(SIGN_IN, { status: 201, requestId: null, ms: performance.now() - startedAt }));
    return session;
  } catch (error) {
    observe(failureLine(SIGN_IN, error, performance.now() - startedAt));
    throw error;
  }
}

/** `/v3/users?name=x`: the service's version and the path, as its documentation writes it. */
export function shownPath(
  session: CloudSession,
  request: { service: Parameters<CloudSession["endpointOf"]>[0]; path: string },
): string {
  const version = session.endpointOf(request.service).split("/").at(-1) ?? "";
  return `/${version}${request.path}`;
}

export function answerLine(
  shown: string,
  answer: { status: number; requestId: string | null; ms: number },
): string {
  const facts = [`${Math.round(answer.ms)} ms`, ...(answer.requestId === null ? [] : [answer.requestId])];
  return `${shown} -> ${answer.status} (${facts.join(", ")})`;
}

export function failureLine(shown: string, error: unknown, ms: number): string {
  if (!(error instanceof CloudError)) return `${shown} -> failed (${Math.round(ms)} ms)`;
  const { actual, requestId, causeCode, code } = error;
  if (actual !== null) return answerLine(shown, { status: actual, requestId, ms });
  return `${shown} -> no answer: ${causeCode ?? code} (${Math.round(ms)} ms)`;
}
