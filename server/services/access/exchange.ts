import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";

export type ExchangeFault = "unreachable" | "slow" | "redirect" | "too_long";

export type Exchanged =
  | { kind: "answered"; status: number; isJson: boolean; text: string }
  | { kind: "none"; fault: ExchangeFault };

interface ToSend {
  method: "GET" | "POST";
  /** JSON, or null for none. */
  body: string | null;
  headers: Readonly<Record<string, string>>;
  /** For the whole of it, from the first byte sent to the last received. */
  limitMs: number;
  maxBytes: number;
}

/**
 * Sends exactly one request to exactly this address and reads the whole answer. A redirect is not followed, a connection
 * not kept, and an answer that was cut off is none.
 */
export function exchange(url: URL, { method, body, headers, limitMs, maxBytes }: ToSend): Promise<Exchanged> {
  const { promise, resolve } = Promise.withResolvers<Exchanged>();
  const request = (url.protocol === "https:" ? requestTls : requestPlain)(url, {
    method,
    agent: false,
    headers: {
      accept: "application/json",
      ...headers,
      ...(body === null
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    },
  });
  const timer = setTimeout(() => none("slow"), limitMs);
  const end = (exchanged: Exchanged) => {
    clearTimeout(timer);
    request.destroy();
    resolve(exchanged);
  };
  const none = (fault: ExchangeFault) => end({ kind: "none", fault });
  request.on("error", () => none("unreachable"));
  request.on("response", (response) => {
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) return none("redirect");
    const isJson = /^application\/json(?:\s*;|$)/i.test(response.headers["content-type"] ?? "");
    const chunks: Buffer[] = [];
    let length = 0;
    response.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) return none("too_long");
      chunks.push(chunk);
    });
    response.on("error", () => none("unreachable"));
    response.on("end", () =>
      // A body that was cut off ends as well.
      response.complete
        ? end({ kind: "answered", status, isJson, text: Buffer.concat(chunks).toString("utf8") })
        : none("unreachable"),
    );
  });
  request.end(body ?? undefined);
  return promise;
}
