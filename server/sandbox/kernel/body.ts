import type { IncomingMessage } from "node:http";

/** Above any image a test uploads; JSON documents are far smaller. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

export type ParsedBody = { kind: "ok"; body: unknown } | { kind: "malformed" } | { kind: "too_large" };

export async function readBody(request: IncomingMessage): Promise<ParsedBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > BODY_LIMIT_BYTES) return { kind: "too_large" };
    chunks.push(bytes);
  }
  if (size === 0) return { kind: "ok", body: undefined };
  return parseBody(Buffer.concat(chunks), request.headers["content-type"]);
}

function parseBody(bytes: Buffer, contentType: string | undefined): ParsedBody {
  if (contentType !== undefined && !contentType.includes("json")) return { kind: "ok", body: bytes };
  try {
    return { kind: "ok", body: JSON.parse(bytes.toString("utf8")) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "malformed" };
    throw error;
  }
}
