import { auditFilterSchema } from "#server/domain/audit/schema.ts";
import { exportAudit, openExport } from "#server/services/audit/export.ts";
import { serveDownload } from "./download.ts";

/** Serves `/api/audit/export`: the log as JSON lines, or what the filter in the address selects. */
export function exportAuditLog(request: Request): Promise<Response> {
  return serveDownload(request, async (ctx, url) => {
    const names = Object.keys(auditFilterSchema.shape);
    const given = Object.fromEntries(names.map((name) => [name, url.searchParams.get(name)]));
    const asked = await exportAudit(ctx, auditFilterSchema.parse(given));
    const day = ctx.clock().toISOString().slice(0, 10);
    return {
      name: `countersign-audit-${day}.jsonl`,
      type: "application/jsonl",
      length: null,
      body: await openExport(ctx.db, asked),
    };
  });
}
