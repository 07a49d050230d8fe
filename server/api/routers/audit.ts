import { readAuditEntry } from "#server/services/audit/entry.ts";
import { listHeads } from "#server/services/audit/heads.ts";
import { listAudit } from "#server/services/audit/list.ts";
import { requestHead } from "#server/services/audit/request-signing.ts";
import { procedure, router } from "../trpc.ts";

export const auditRouter = router({
  list: procedure(listAudit)
    .input(listAudit.input)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  entry: procedure(readAuditEntry)
    .input(readAuditEntry.input)
    .query(({ ctx, input }) => readAuditEntry(ctx, input)),
  heads: procedure(listHeads)
    .input(listHeads.input)
    .query(({ ctx, input }) => listHeads(ctx, input)),
  requestHead: procedure(requestHead)
    .input(requestHead.input)
    .mutation(({ ctx, input }) => requestHead(ctx, input)),
});
