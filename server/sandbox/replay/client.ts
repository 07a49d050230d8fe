import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { RunningSandbox } from "#server/sandbox/kernel/server.ts";

export interface Sent {
  service: string;
  method: string;
  /** Path inside the service, with the query. */
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Parsed JSON, the text of anything else, or null. */
  body: unknown;
}

/** Speaks to the embedded cloud over TLS, trusting its own CA and nothing else. */
export class CloudClient {
  private readonly agent: Agent;
  private readonly url: string;

  constructor(sandbox: RunningSandbox) {
    this.url = sandbox.url;
    this.agent = new Agent({ ca: readFileSync(sandbox.caFile), keepAlive: true });
  }

  send(sent: Sent): Promise<Answer> {
    const url = new URL(`${this.url}/${sent.service}${sent.path}`);
    const payload = sent.body === undefined ? null : JSON.stringify(sent.body);
    const headers = {
      ...(payload === null ? {} : { "content-type": "application/json" }),
      ...sent.headers,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method: sent.method, headers, agent: this.agent }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: incoming.statusCode ?? 0,
            headers: singleHeaders(incoming.headers),
            body: parse(text, incoming.headers["content-type"]),
          });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(payload ?? undefined);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function parse(text: string, contentType: string | undefined): unknown {
  if (text === "") return null;
  return contentType?.startsWith("application/json") === true ? JSON.parse(text) : text;
}

function singleHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return single;
}
