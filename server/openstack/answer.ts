import { type CloudError, type CloudErrorCode, cloudError, outcomeInWords } from "./cloud-error.ts";
import { changesCloud, type HttpRequest, type HttpResponse, outcomeOfStatus } from "./http-message.ts";
import { CLOUD_MESSAGE_CHARS } from "./limits.ts";
import { collectSecrets, excerpt, safeUrl } from "./redaction.ts";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

/** A complete answer judged against what the caller accepts; throws CloudError when it is not that. */
export function readAnswer(request: HttpRequest, raw: RawAnswer): HttpResponse {
  const headers = joinHeaders(raw.headers);
  const text = raw.bytes.toString("utf8");
  const requestId = headers["x-openstack-request-id"] ?? headers["x-compute-request-id"] ?? null;
  const parsed = parseBody(text, headers["content-type"] ?? "");
  const context = { request, status: raw.status, headers, text, requestId };
  if (!isAccepted(request, raw.status)) throw unexpectedStatus(context, parsed);
  if (parsed.kind === "broken") {
    throw answerError(context, "bad_body", "the answer says it is JSON, but it cannot be parsed");
  }
  return { status: raw.status, headers, body: parsed.body, requestId };
}

interface AnswerContext {
  readonly request: HttpRequest;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly requestId: string | null;
}

type ParsedBody = { kind: "ok"; body: unknown } | { kind: "broken" };

function parseBody(text: string, contentType: string): ParsedBody {
  if (text === "") return { kind: "ok", body: null };
  if (!/[/+]json\b/i.test(contentType)) return { kind: "ok", body: text };
  try {
    const body: unknown = JSON.parse(text);
    return { kind: "ok", body };
  } catch {
    // The parser's message quotes the text, which may hold a secret.
    return { kind: "broken" };
  }
}

function isAccepted(request: HttpRequest, status: number): boolean {
  return request.accept === undefined ? status >= 200 && status < 300 : request.accept.includes(status);
}

function unexpectedStatus(context: AnswerContext, parsed: ParsedBody): CloudError {
  const { request, status, headers, text } = context;
  if (status >= 300 && status < 400 && headers["location"] !== undefined) {
    return answerError(context, "http", `the cloud answered ${status} and redirects are not followed`);
  }
  const message = parsed.kind === "ok" ? findMessage(parsed.body) : null;
  const quoted = excerpt(
    message ?? text,
    collectSecrets([request.body, request.headers]),
    CLOUD_MESSAGE_CHARS,
  );
  return answerError(context, "http", `the cloud answered ${status}${quoted === "" ? "" : `: ${quoted}`}`);
}

function answerError(context: AnswerContext, code: CloudErrorCode, what: string): CloudError {
  const { request, status, text } = context;
  const outcome = outcomeOfStatus(request, status);
  const url = safeUrl(request.url);
  const sentence = what.endsWith(".") ? what : `${what}.`;
  return cloudError({
    code,
    outcome,
    method: request.method,
    url,
    expected: request.accept === undefined ? "2xx" : request.accept.join(", "),
    actual: status,
    requestId: context.requestId,
    bodyExcerpt: text === "" ? null : excerpt(text, collectSecrets([request.body, request.headers])),
    retryAfterSeconds: parseRetryAfter(context.headers["retry-after"]),
    says: `${request.method} ${url} failed: ${sentence} ${outcomeInWords(outcome, changesCloud(request))}`,
  });
}

// Each service wraps its sentence differently: Keystone {error:{message}}, Nova {forbidden:{message}},
// Neutron {NeutronError:{message}}, Magnum and Placement {errors:[{detail}]}, Glance {message} or HTML.
function findMessage(body: unknown): string | null {
  if (typeof body === "string")
    return body.replace(/<style[\s\S]*?<\/style>|<[^>]*>/gi, " ").replace(/\s+/g, " ");
  if (Array.isArray(body)) return findMessage(body[0]);
  if (typeof body !== "object" || body === null) return null;
  const fields = Object.entries(body);
  const own = fields.find(
    ([key, value]) => (key === "message" || key === "detail") && typeof value === "string",
  );
  if (own !== undefined) return String(own[1]);
  const [inner] = fields
    .map(([, value]) => (typeof value === "object" ? findMessage(value) : null))
    .filter(Boolean);
  return inner ?? null;
}

/** Seconds of a Retry-After (RFC 9110 10.2.3); null without one, and for one that is a date. */
export function parseRetryAfter(value: string | string[] | undefined): number | null {
  return typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : null;
}

function joinHeaders(headers: RawAnswer["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
