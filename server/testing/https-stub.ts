import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { ServerPair } from "./tls-authority.ts";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface HttpsStub {
  readonly port: number;
  /** https://127.0.0.1:port */
  readonly origin: string;
  /** Every request in the order of arrival, also those that were not answered. */
  readonly seen: readonly SeenRequest[];
  readonly connectionCount: () => number;
  /** What the next requests are answered with. */
  answerWith(answer: Answer): void;
  close(): Promise<void>;
}

/** Answers by writing to the response, or by not doing so. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void;

/** A real HTTPS server on loopback, told request by request how to behave. */
export async function startHttpsStub(pair: ServerPair): Promise<HttpsStub> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  let answer: Answer = (_, response) => response.writeHead(204).end();
  const server = createServer(pair, (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const body: unknown = text === "" ? null : JSON.parse(text);
      const { method = "", url: path = "", headers } = incoming;
      const request = { method, path, headers, body };
      seen.push(request);
      answer(request, response);
    });
  });
  server.on("secureConnection", () => {
    connections += 1;
  });
  // A client that refuses our certificate resets the handshake; that is what the test is about.
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The stub has no TCP address.");
  return {
    port: address.port,
    origin: `https://127.0.0.1:${address.port}`,
    seen,
    connectionCount: () => connections,
    answerWith(next) {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Writes a JSON answer with the request id header of OpenStack services. */
export function json(
  response: ServerResponse,
  status: number,
  rest: { body?: unknown; headers?: Readonly<Record<string, string>> },
): void {
  response
    .writeHead(status, {
      "content-type": "application/json",
      "x-openstack-request-id": "req-7b2e",
      ...rest.headers,
    })
    .end(JSON.stringify(rest.body ?? {}));
}
