import { exportAuthorities, exportKrl } from "#server/services/certificate/krl.ts";
import { exportSignatureLog } from "#server/services/certificate/signature-log.ts";
import { type Download, serveDownload } from "./download.ts";

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

/** Serves `/api/ssh/krl`: the revocation list for RevokedKeys. */
export function downloadKrl(request: Request): Promise<Response> {
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
