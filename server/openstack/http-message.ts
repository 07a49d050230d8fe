import type { CloudOutcome } from "./cloud-error.ts";

export type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Statuses that are answers, not errors. Default: every 2xx. */
  readonly accept?: readonly number[];
  /** Whether it can change the cloud. Default: every method but GET and HEAD. */
  readonly changes?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when the content type is JSON, text otherwise, null when empty. */
  readonly body: unknown;
  readonly requestId: string | null;
}

type Effect = Pick<HttpRequest, "method" | "changes">;

/** Whether a request without an answer may have changed something. */
export function changesCloud(request: Effect): boolean {
  return request.changes ?? (request.method !== "GET" && request.method !== "HEAD");
}

/** Whether a change took effect, from the status alone. A read never changes anything. */
export function outcomeOfStatus(request: Effect, status: number): CloudOutcome {
  if (!changesCloud(request)) return "not_applied";
  if (status >= 200 && status < 300) return "applied";
  if (status >= 400 && status < 500) return "not_applied";
  // RFC 9110 15.4.8: a 307 or 308 asks for the same request elsewhere, so it was not processed here.
  if (status === 307 || status === 308) return "not_applied";
  return "unknown";
}
