import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { canonicalDigest } from "#server/domain/canonical/json.ts";
import {
  type ExternalAnswer,
  type ExternalFault,
  readExternal,
} from "#server/domain/access-policy/external.ts";
import { type DecisionQuestion, questionJson } from "#server/domain/decision/decide.ts";

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

const FAULTS: Readonly<Partial<Record<ExternalFault, string>>> = {
  unreachable: "The decision service cannot be reached.",
  slow: `The decision service did not answer within ${ANSWER_MS / 1000} seconds.`,
  redirect: "The decision service sent us elsewhere, and the console goes nowhere else.",
  content_type: "The decision service did not answer JSON.",
  too_long: "The decision service answered more than 64 KiB.",
};

function send(url: URL, body: string | null): Promise<Got> {
  const { promise, resolve } = Promise.withResolvers<Got>();
  const request = (url.protocol === "https:" ? requestTls : requestPlain)(url, {
    method: body === null ? "GET" : "POST",
    agent: false,
    headers: {
      accept: "application/json",
      ...(body === null
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    },
  });
  const timer = setTimeout(() => give("slow"), ANSWER_MS);
  const end = (got: Got) => {
    clearTimeout(timer);
    request.destroy();
    resolve(got);
  };
  const give = (fault: ExternalFault, says = FAULTS[fault] ?? "There is no decision.") =>
    end({ kind: "none", fault, says });
  request.on("error", () => give("unreachable"));
  request.on("response", (response) => {
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) return give("redirect");
    if (status !== 200) return give("status", `The decision service answered with ${status}.`);
    if (!/^application\/json(?:\s*;|$)/i.test(response.headers["content-type"] ?? ""))
      return give("content_type");
    const chunks: Buffer[] = [];
    let length = 0;
    response.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > ANSWER_MAX_BYTES) return give("too_long");
      chunks.push(chunk);
    });
    response.on("error", () => give("unreachable"));
    response.on("end", () =>
      // A body that was cut off ends as well.
      response.complete
        ? end({ kind: "got", text: Buffer.concat(chunks).toString("utf8") })
        : give("unreachable"),
    );
  });
  request.end(body ?? undefined);
  return promise;
}
