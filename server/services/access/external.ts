import { canonicalDigest } from "#server/domain/canonical/json.ts";
import {
  type ExternalAnswer,
  type ExternalFault,
  readExternal,
} from "#server/domain/access-policy/external.ts";
import { type DecisionQuestion, questionJson } from "#server/domain/decision/decide.ts";
import { exchange, type ExchangeFault } from "./exchange.ts";

/** An answer that takes longer is none. The whole of it, from the first byte sent to the last received. */
const ANSWER_MS = 1500;
const ANSWER_MAX_BYTES = 64 * 1024;
const IDS_KEPT = 10_000;

/** Which question an id answered: an id that comes again for another one answers neither. */
const idsSeen = new Map<string, string>();

/**
 * Asks an external decision service. Exactly one request goes to the configured origin; a redirect is not followed.
 * Whatever is not the documented answer to this question is none.
 */
export async function askExternal(origin: string, question: DecisionQuestion): Promise<ExternalAnswer> {
  const body = JSON.stringify(questionJson(question));
  const got = await send(new URL("/v1/check", origin), body);
  if (got.kind === "none") return got;
  const answer = readExternal(got.text, question);
  if (answer.kind === "none") return answer;
  const asked = canonicalDigest(questionJson(question));
  const { id } = answer.envelope;
  const before = idsSeen.get(id);
  if (before !== undefined && before !== asked)
    return { kind: "none", fault: "id_reused", says: "The decision service used one id for two questions." };
  if (before === undefined && idsSeen.size >= IDS_KEPT) idsSeen.delete(idsSeen.keys().next().value ?? "");
  idsSeen.set(id, asked);
  return answer;
}

/** Whether the service says that it is well; null, or why not. */
export async function askHealth(origin: string): Promise<string | null> {
  const got = await send(new URL("/healthz", origin), null);
  return got.kind === "none" ? got.says : null;
}

type Got = { kind: "got"; text: string } | { kind: "none"; fault: ExternalFault; says: string };

const FAULTS: Readonly<Record<ExchangeFault, string>> = {
  unreachable: "The decision service cannot be reached.",
  slow: `The decision service did not answer within ${ANSWER_MS / 1000} seconds.`,
  redirect: "The decision service sent us elsewhere, and the console goes nowhere else.",
  too_long: "The decision service answered more than 64 KiB.",
};

async function send(url: URL, body: string | null): Promise<Got> {
  const got = await exchange(url, {
    method: body === null ? "GET" : "POST",
    body,
    headers: {},
    limitMs: ANSWER_MS,
    maxBytes: ANSWER_MAX_BYTES,
  });
  if (got.kind === "none") return { ...got, says: FAULTS[got.fault] };
  if (got.status !== 200) {
    return { kind: "none", fault: "status", says: `The decision service answered with ${got.status}.` };
  }
  return got.isJson
    ? { kind: "got", text: got.text }
    : { kind: "none", fault: "content_type", says: "The decision service did not answer JSON." };
}
