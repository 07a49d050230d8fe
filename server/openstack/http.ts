import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher } from "undici";
import { parseRetryAfter, readAnswer, type RawAnswer } from "./answer.ts";
import { CloudError, cloudError, outcomeInWords } from "./cloud-error.ts";
import { changesCloud, type HttpRequest, type HttpResponse } from "./http-message.ts";
import { HTTP_LIMITS, type HttpLimits } from "./limits.ts";
import { safeUrl } from "./redaction.ts";
import { classifyFailure } from "./transport-failure.ts";
import type { PublicAuthorities, TrustedAuthority } from "./trust-anchor.ts";

export interface CloudHttp {
  /** Throws CloudError for everything but an accepted answer. */
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * The connections to one cloud, which its sessions share. Reads keep connections alive. Requests
 * that change the cloud each take a fresh one: a kept connection that the server has just closed
 * would turn a change that never arrived into one whose outcome is unknown. A read that meets such
 * a connection is sent once more, and one that is asked to wait is sent again after that. A change
 * is sent once, whatever comes back.
 */
export function openHttp(
  anchor: TrustedAuthority | PublicAuthorities,
  limits: HttpLimits = HTTP_LIMITS,
): CloudHttp {
  const reads = openAgent(anchor, limits, 1);
  const changes = openAgent(anchor, limits, 0);
  return {
    async send(request) {
      const altering = changesCloud(request);
      const once = () => exchange({ agent: altering ? changes : reads, request, limits });
      if (altering) return readAnswer(request, await once());
      const read = () =>
        once().catch((error: unknown) => {
          if (!isCutBeforeAnswer(error)) throw error;
          return once();
        });
      let raw = await read();
      let leftMs = limits.askedToWaitMs;
      for (let wait = askedToWaitMs(raw); wait !== null && wait <= leftMs; wait = askedToWaitMs(raw)) {
        leftMs -= Math.max(wait, LEAST_WAIT_MS);
        await sleep(wait);
        raw = await read();
      }
      return readAnswer(request, raw);
    },
    async close() {
      await Promise.all([reads.destroy(), changes.destroy()]);
    },
  };
}

/** A cloud that asks for another try at once gets few of them. */
const LEAST_WAIT_MS = 1_000;

/** How long to wait before a read is sent again, from 429 (RFC 6585 4) and 503 with a Retry-After. */
function askedToWaitMs({ status, headers }: RawAnswer): number | null {
  if (status !== 429 && status !== 503) return null;
  const seconds = parseRetryAfter(headers["retry-after"]);
  return seconds === null ? null : seconds * 1000;
}

function isCutBeforeAnswer(error: unknown): boolean {
  return error instanceof CloudError && error.code === "cut" && error.actual === null;
}

// Pipelining 0 is undici's way to say: no connection is used twice.
function openAgent(
  anchor: TrustedAuthority | PublicAuthorities,
  limits: HttpLimits,
  pipelining: 0 | 1,
): Agent {
  return new Agent({
    allowH2: false,
    pipelining,
    connections: limits.connectionsPerOrigin,
    keepAliveTimeout: limits.keepAliveMs,
    keepAliveMaxTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.bodyMs,
    connect: {
      ...(anchor.kind === "ok" ? { ca: anchor.pem } : {}),
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      timeout: limits.connectMs,
    },
  });
}

interface Exchange {
  readonly agent: Agent;
  readonly request: HttpRequest;
  readonly limits: HttpLimits;
}

interface Progress {
  isSent: boolean;
  status: number | null;
  isOver: boolean;
}

/** Sends one request and collects the whole answer, noting exactly when bytes began to leave. */
function exchange({ agent, request, limits }: Exchange): Promise<RawAnswer> {
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  return new Promise((resolve, reject) => {
    const progress: Progress = { isSent: false, status: null, isOver: false };
    let controller: Dispatcher.DispatchController | null = null;
    const chunks: Buffer[] = [];
    let headers: RawAnswer["headers"] = {};
    let size = 0;
    const fail = (error: unknown) => {
      if (progress.isOver) return;
      progress.isOver = true;
      clearTimeout(deadline);
      reject(failureOf(request, error, progress));
    };
    const stop = (code: string) => {
      const error = Object.assign(new Error(code), { code });
      fail(error);
      controller?.abort(error);
    };
    const deadline = setTimeout(() => stop("CALL_DEADLINE"), limits.totalMs);
    agent.dispatch(
      {
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        headers: {
          accept: "application/json",
          "user-agent": "countersign",
          ...(body === null ? {} : { "content-type": "application/json" }),
          ...request.headers,
        },
        body,
      },
      {
        onRequestStart(started) {
          controller = started;
          // The deadline passed while waiting for a connection: the caller was told nothing was sent.
          if (progress.isOver) started.abort(new Error("CALL_DEADLINE"));
          else progress.isSent = true;
        },
        onResponseStart(_, status, received) {
          progress.status = status;
          headers = received;
        },
        onResponseData(_, chunk) {
          size += chunk.length;
          if (size > limits.responseBytes) stop("UND_ERR_RES_EXCEEDED_MAX_SIZE");
          else chunks.push(chunk);
        },
        onResponseEnd() {
          if (progress.isOver) return;
          progress.isOver = true;
          clearTimeout(deadline);
          resolve({ status: progress.status ?? 0, headers, bytes: Buffer.concat(chunks) });
        },
        onResponseError(_, error) {
          fail(error);
        },
      },
    );
  });
}

function failureOf(request: HttpRequest, error: unknown, progress: Progress): CloudError {
  const failure = classifyFailure(error, progress.isSent);
  const changes = changesCloud(request);
  // A refusal whose body was cut is still a refusal.
  const isRefusal = progress.status !== null && progress.status >= 400 && progress.status < 500;
  const outcome = changes && progress.isSent && !isRefusal ? "unknown" : "not_applied";
  const url = safeUrl(request.url);
  return cloudError({
    code: failure.code,
    outcome,
    method: request.method,
    url,
    actual: progress.status,
    causeCode: failure.causeCode,
    says: `${request.method} ${url} failed: ${failure.what}. ${outcomeInWords(outcome, changes)}`,
  });
}
