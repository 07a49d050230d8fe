import { exportHandoff, exportSessionLedger, exportText } from "#server/services/register/export.ts";
import { type Download, serveDownload } from "./download.ts";

/** Serves `/api/registers/documents/ID`: the document as it is now. */
export function downloadDocument(request: Request, documentId: string): Promise<Response> {
  return serveDownload(request, async (ctx) => asFile(await exportText(ctx, { documentId })));
}

/** Serves `/api/registers/handoff`: a handoff of everything that is open. */
export function downloadHandoff(request: Request): Promise<Response> {
  return serveDownload(request, async (ctx) => asFile(await exportHandoff(ctx, {})));
}

/** Serves `/api/registers/session-ledger`: the session ledger with what is open now. */
export function downloadSessionLedger(request: Request): Promise<Response> {
  return serveDownload(request, async (ctx) => asFile(await exportSessionLedger(ctx, {})));
}

function asFile({ path, text }: { path: string; text: string }): Download {
  const bytes = new TextEncoder().encode(text);
  async function* body() {
    yield await Promise.resolve(bytes);
  }
  const name = (path.split("/").at(-1) ?? "document.md").replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return { name, type: "text/markdown; charset=utf-8", length: bytes.length, body: body() };
}
