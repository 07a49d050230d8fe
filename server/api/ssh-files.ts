import { now } from "#server/clock.ts";
import { webEnv } from "#server/env.ts";
import { exportAuthorities, exportKrl } from "#server/services/certificate/krl.ts";
import { exportSignatureLog } from "#server/services/certificate/signature-log.ts";
import { connection } from "./connection.ts";
import { type Download, serveDownload } from "./download.ts";
import { serveKrlToHost } from "./host-krl.ts";

/** Serves `/api/ssh/ca`: lines for TrustedUserCAKeys. */
export function downloadAuthorities(request: Request): Promise<Response> {
  return serveDownload(request, async (ctx) =>
    asFile(
      "countersign_ca.pub",
      "text/plain; charset=utf-8",
      new TextEncoder().encode(await exportAuthorities(ctx, {})),
    ),
  );
}

/** Serves `/api/ssh/krl`: the revocation list for RevokedKeys, to a person or, where that is set up, to a host. */
export function downloadKrl(request: Request): Promise<Response> {
  const { krlToken: token } = webEnv();
  const isHost = request.headers.has("authorization") || !request.headers.has("cookie");
  if (token !== null && isHost) return serveKrlToHost(request, { db: connection().db, token, now: now() });
  return serveDownload(request, async (ctx) =>
    asFile("countersign_krl", "application/octet-stream", await exportKrl(ctx, {})),
  );
}

/** Serves `/api/ssh/signatures`: the log of signatures as JSON lines. */
export function downloadSignatures(request: Request): Promise<Response> {
  return serveDownload(request, async (ctx) => ({
    name: "signatures.jsonl",
    type: "application/jsonl",
    length: null,
    body: await exportSignatureLog(ctx, {}),
  }));
}

function asFile(name: string, type: string, bytes: Uint8Array): Download {
  async function* body() {
    yield await Promise.resolve(bytes);
  }
  return { name, type, length: bytes.length, body: body() };
}
