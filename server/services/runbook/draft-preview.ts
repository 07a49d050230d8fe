import { randomUUID } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { draftPreview } from "#db/schema/draft-preview.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import {
  draftStageSchema,
  PREVIEW_STAGES_MAX,
  previewDraftSchema,
} from "#server/domain/runbook/draft-preview.ts";
import { contentHash } from "#server/domain/runbook/hash.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import type { Diagnostic, Runbook } from "#server/domain/runbook/runbook.ts";
import { getTenant } from "../tenant/rows.ts";
import { type Ctx, query, verb } from "../verb.ts";
import { getDraft, refuseClosed } from "./draft-rows.ts";

/** The look that was begun, or what is wrong with the text. */
interface Looked {
  previewId: string | null;
  diagnostics: Diagnostic[];
}

/**
 * Asks the runner what each stage of a text would do now for a tenant, as the text stands in the editor. Only reads: it
 * makes no plan that could be asked for. A text with errors is not planned; what is wrong with it comes back.
 */
export const previewDraft = verb({
  action: "plan.preview",
  input: previewDraftSchema,
  load: async (tx, { draftId, tenantId }) => ({
    draft: await getDraft(tx, draftId),
    ...(await getTenant(tx, tenantId)),
  }),
  object: ({ draft }) => ({ kind: "runbook_draft", id: draft.id }),
  run: async (tx, { person, input: { source }, row, at }) => {
    refuseClosed(row.draft);
    const { runbook, diagnostics } = parseRunbook(source, CATALOGUE);
    const audit = { tenantId: row.tenant.id, contentHash: contentHash(source), isDraft: true };
    if (runbook === null || diagnostics.some(({ severity }) => severity === "error")) {
      const nothing: Looked = { previewId: null, diagnostics };
      return { output: nothing, audit: { ...audit, findings: diagnostics.length } };
    }
    if (runbook.cloudKind !== row.cloud.kind) {
      throw new DomainError(
        "conflict",
        `This text is for a cloud of the kind ${runbook.cloudKind}, and ${row.tenant.slug} is on one of the kind ${row.cloud.kind}. Nothing was read.`,
        { reason: "other_cloud_kind", field: "tenantId" },
      );
    }
    if (runbook.stages.length > PREVIEW_STAGES_MAX) {
      throw new DomainError(
        "limit",
        `A preview is of at most ${PREVIEW_STAGES_MAX} stages, and this text has ${runbook.stages.length}. Nothing was read.`,
        { reason: "too_many_stages" },
      );
    }
    const id = randomUUID();
    await tx.insert(draftPreview).values({
      id,
      draftId: row.draft.id,
      tenantId: row.tenant.id,
      source,
      requestedBy: person.personId,
      state: "requested",
      createdAt: at,
    });
    const output: Looked = { previewId: id, diagnostics };
    return { output, audit: { ...audit, previewId: id } };
  },
});

/** A look at a draft and what came of it, for whoever may preview. */
export const readDraftPreview = query({
  action: "plan.preview",
  input: z.strictObject({ previewId: z.uuid() }),
  run: async (ctx, { previewId }) => {
    const [row] = await ctx.db
      .select({ preview: draftPreview, tenantSlug: tenant.slug, cloudName: cloud.name })
      .from(draftPreview)
      .innerJoin(tenant, eq(tenant.id, draftPreview.tenantId))
      .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
      .where(eq(draftPreview.id, previewId));
    if (!row) throw new DomainError("not_found", "There is no such preview.", { reason: "not_found" });
    const { state, stages, source, createdAt, finishedAt } = row.preview;
    return {
      state,
      tenantSlug: row.tenantSlug,
      cloudName: row.cloudName,
      contentHash: contentHash(source),
      stages: stages === null ? null : z.array(draftStageSchema).parse(stages),
      createdAt,
      finishedAt,
    };
  },
});

const TENANTS_MAX = 500;

/** Tenants that a draft can be looked at with. */
export async function listPreviewTenants(ctx: Ctx, runbook: Pick<Runbook, "cloudKind"> | null) {
  return ctx.db
    .select({ id: tenant.id, slug: tenant.slug, cloud: cloud.name })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .where(runbook === null ? undefined : eq(cloud.kind, runbook.cloudKind))
    .orderBy(asc(tenant.slug))
    .limit(TENANTS_MAX);
}
