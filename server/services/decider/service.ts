import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock } from "#server/clock.ts";
import { type ReadRequest, readBatchText, readCheckText } from "#server/domain/access-policy/request.ts";
import {
  type DecisionEnvelope,
  type DecisionPolicy,
  decideQuestion,
  type DecisionQuestion,
  questionJson,
} from "#server/domain/decision/decide.ts";
import { isBearer } from "./bearer.ts";
import type { DecisionLog } from "./log.ts";

export interface Decided {
  question: DecisionQuestion;
  envelope: DecisionEnvelope;
  at: Date;
}

export interface DecisionServiceOptions {
  /** What decides at this moment; null where nothing may: registry or package cannot be read, or may be stale. */
  policy: () => DecisionPolicy | null;
  log: DecisionLog;
  clock: Clock;
  /** What callers present as `Authorization: Bearer`; null: whoever reaches the address may ask. */
  token: string | null;
  /** Told of every decision that was logged and answered. */
  onDecided?: (decided: readonly Decided[]) => void;
}

const BODY_MAX_BYTES = 256 * 1024;
const REQUEST_MS = 10_000;

/**
 * The decision service over HTTP: GET /healthz, POST /v1/check, POST /v1/check/batch. A denial is an answer (200). Every
 * answer is in the log before it is given; one that cannot be logged is a denial.
 */
export function createDecisionService(options: DecisionServiceOptions): Server {
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: REQUEST_MS,
      keepAliveTimeout: 15_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      void serve(options, request, response).catch(() => {
        if (response.headersSent) response.destroy();
        else refuse(response, 500, { error: "internal", message: "The decision could not be made." });
      });
    },
  );
  return server;
}

const CHECKS: Readonly<Record<string, "one" | "many">> = {
  "/v1/check": "one",
  "/v1/check/batch": "many",
  // Another word for it in older descriptions of the contract.
  "/v1/batch-check": "many",
};

async function serve(
  options: DecisionServiceOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ""] = (request.url ?? "").split("?");
  if (path === "/healthz") return answerHealth(options, request, response);
  const kind = Object.hasOwn(CHECKS, path) ? CHECKS[path] : undefined;
  if (kind === undefined)
    return refuse(response, 404, { error: "not_found", message: "There is nothing here." });
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    return refuse(response, 405, { error: "method_not_allowed", message: "Ask with POST." });
  }
  if (options.token !== null && !isBearer(options.token, request.headers.authorization)) {
    response.setHeader("www-authenticate", "Bearer");
    return refuse(response, 401, { error: "unauthenticated", message: "Give the token of the service." });
  }
  const body = await bodyOf(request);
  if (body === null) {
    response.setHeader("connection", "close");
    const message = `A request is at most ${BODY_MAX_BYTES} bytes.`;
    return refuse(response, 413, { error: "too_large", field: "body", message });
  }
  const read = readQuestions(body, kind);
  if (read.kind === "refused") {
    return refuse(response, 400, { error: "bad_request", field: read.field, message: read.says });
  }
  const envelopes = await decide(options, read.value);
  send(response, 200, kind === "one" ? envelopes[0] : envelopes);
}

function readQuestions(body: Buffer, kind: "one" | "many"): ReadRequest<readonly DecisionQuestion[]> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return { kind: "refused", field: "body", says: "The body is no UTF-8 text." };
  }
  if (kind === "many") return readBatchText(text);
  const read = readCheckText(text);
  return read.kind === "refused" ? read : { kind: "read", value: [read.value] };
}

async function decide(
  { policy, log, clock, onDecided }: DecisionServiceOptions,
  questions: readonly DecisionQuestion[],
): Promise<DecisionEnvelope[]> {
  const at = clock();
  // One policy for the whole request, whatever is loaded meanwhile.
  const now = policy() ?? denying("policy_unavailable");
  const decided = questions.map((question) => ({
    question,
    envelope: decideQuestion(question, now, at),
    at,
  }));
  try {
    await log.append(decided.map(lineOf).join(""));
  } catch {
    const unlogged = denying("decision_unlogged");
    return questions.map((question) => decideQuestion(question, unlogged, at));
  }
  onDecided?.(decided);
  return decided.map(({ envelope }) => envelope);
}

/** The envelope and what was asked, so that the same can be asked again. */
function lineOf({ question, envelope }: Decided): string {
  return `${JSON.stringify({ ...envelope, request: questionJson(question) })}\n`;
}

/** Denies everything, for a reason that no rule has. */
function denying(reason: string): DecisionPolicy {
  return {
    package: "none",
    version: "none",
    etag: `sha256:${"0".repeat(64)}`,
    evaluate: () => ({ effect: "deny", reason, rule: "unavailable" }),
  };
}

function answerHealth(
  { policy }: DecisionServiceOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return refuse(response, 405, { error: "method_not_allowed", message: "Ask with GET." });
  }
  const now = policy();
  if (now === null) return send(response, 503, { status: "unavailable" });
  const { package: name, version, etag } = now;
  send(response, 200, { status: "ok", policy_package: name, policy_version: version, directory_etag: etag });
}

/** Null where it is too long: the rest is not read. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_MAX_BYTES) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > BODY_MAX_BYTES) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

interface Refusal {
  error: string;
  field?: string;
  message: string;
}

function refuse(response: ServerResponse, status: number, refusal: Refusal): void {
  send(response, status, refusal);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}
