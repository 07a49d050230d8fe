import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { log } from "#server/log.ts";
import { readBody } from "./body.ts";
import type { TlsMaterial } from "./certificates.ts";
import { answerControl, CONTROL_PREFIX, type ControlParts } from "./control.ts";
import { dispatch, hasEffect, internalError, malformedBody, type TokenSource } from "./dispatch.ts";
import type { FaultTable, StoredFault } from "./faults.ts";
import { newUuid } from "./ids.ts";
import type { SandboxResponse, Service } from "./router.ts";
import type { World } from "./world.ts";

/** One request that a service has carried out or refused. */
export interface SeenRequest {
  service: Service["type"];
  method: string;
  path: string;
  body: unknown;
  status: number;
}

export interface ListenerParts {
  world: World;
  services: readonly Service[];
  tokens: TokenSource;
  faults: FaultTable;
  control: ControlParts;
  now: () => Date;
  persist: () => Promise<void>;
  /** Told of every request, also of those whose answer gets lost. */
  seen?: ((request: SeenRequest) => void) | undefined;
}

export function createListener(tls: TlsMaterial, parts: ListenerParts): Server {
  const server = createServer({ cert: tls.certificatePem, key: tls.keyPem, minVersion: "TLSv1.2" });
  server.on("request", (request, response) => {
    answer(request, response, parts).catch((error: unknown) => {
      log.error({ err: error, path: request.url }, "sandbox request failed");
      if (response.headersSent) response.destroy();
      else send(response, internalError(), { requestId: "req-failed", isHead: false });
    });
  });
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ListenerParts,
): Promise<void> {
  const url = new URL(request.url ?? "/", parts.world.settings.origin);
  const method = (request.method ?? "GET").toUpperCase();
  const sending = { requestId: `req-${newUuid()}`, isHead: method === "HEAD" };
  const parsed = await readBody(request);
  if (parsed.kind === "too_large") return send(response, { status: 413 }, sending);
  if (url.pathname.startsWith(CONTROL_PREFIX)) {
    const answered = answerControl(controlRequest(request, url, parsed), parts.control);
    await parts.persist();
    return send(response, answered, sending);
  }
  const found = findService(parts.services, url.pathname);
  if (found === null) return send(response, { status: 404 }, sending);

  const faults = parts.faults.take({ service: found.service.type, method, path: found.path });
  await delay(faults);
  if (hasEffect(faults, "cut_before")) return void request.socket.destroy();
  if (parsed.kind === "malformed") return send(response, malformedBody(), sending);
  const answered = dispatch(
    {
      service: found.service,
      faults,
      request: {
        method,
        path: found.path,
        query: url.searchParams,
        headers: singleHeaders(request),
        body: parsed.body,
        requestId: sending.requestId,
        now: parts.now(),
      },
    },
    parts.world,
    parts.tokens,
  );
  parts.seen?.({
    service: found.service.type,
    method,
    path: found.path,
    body: parsed.body,
    status: answered.status,
  });
  if (method !== "GET" && method !== "HEAD") await parts.persist();
  if (hasEffect(faults, "cut_after")) return void request.socket.destroy();
  send(response, answered, sending);
}

function controlRequest(request: IncomingMessage, url: URL, parsed: Awaited<ReturnType<typeof readBody>>) {
  const key = request.headers["x-sandbox-key"];
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    key: typeof key === "string" ? key : undefined,
    remoteAddress: request.socket.remoteAddress,
    body: parsed.kind === "ok" ? parsed.body : undefined,
  };
}

function findService(services: readonly Service[], path: string): { service: Service; path: string } | null {
  for (const service of services) {
    if (path === service.prefix) return { service, path: "/" };
    if (path.startsWith(`${service.prefix}/`)) return { service, path: path.slice(service.prefix.length) };
  }
  return null;
}

function singleHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

async function delay(faults: readonly StoredFault[]): Promise<void> {
  const delayMs = Math.max(
    0,
    ...faults.filter((fault) => fault.effect === "delay_ms").map((fault) => fault.delayMs ?? 0),
  );
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
}

function send(
  response: ServerResponse,
  answered: SandboxResponse,
  sending: { requestId: string; isHead: boolean },
): void {
  const content = encode(answered);
  response.writeHead(answered.status, {
    ...(content === null ? {} : { "Content-Type": content.contentType }),
    ...(answered.status === 204 ? {} : { "Content-Length": Buffer.byteLength(content?.text ?? "") }),
    Vary: "X-Auth-Token",
    "x-openstack-request-id": sending.requestId,
    ...answered.headers,
  });
  response.end(sending.isHead || content === null ? undefined : content.text);
}

function encode(answered: SandboxResponse): { contentType: string; text: string } | null {
  if (answered.text !== undefined) {
    return { contentType: answered.text.contentType, text: answered.text.content };
  }
  if (answered.body === undefined) return null;
  return { contentType: "application/json", text: JSON.stringify(answered.body) };
}
