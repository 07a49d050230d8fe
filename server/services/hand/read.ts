import { asc, eq } from "drizzle-orm";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { tenant } from "#db/schema/tenant.ts";
import { pasteScript } from "#server/domain/hand/paste.ts";
import { ASSIGNEE_WORDS } from "#server/domain/hand/schema.ts";
import { may } from "../may.ts";
import type { JobRow } from "../job/rows.ts";
import type { Ctx } from "../verb.ts";
import { findWaitingStep, listSaid } from "./rows.ts";

/** The steps by hand of a job: the one that it waits at with what is to be done, and what people said of the others. */
export async function readHand(ctx: Ctx, row: JobRow) {
  const [waiting, said] = await Promise.all([findWaitingStep(ctx.db, row), listSaid(ctx.db, [row.id])]);
  return {
    waiting:
      waiting === null
        ? null
        : {
            stepId: waiting.step.id,
            title: waiting.step.words.title,
            effect: waiting.step.effect,
            instructions: waiting.manual.instructions,
            isFor: ASSIGNEE_WORDS[waiting.manual.assignee],
            differs: waiting.manual.differs,
            paste:
              waiting.shell === null
                ? null
                : { script: pasteScript(waiting.shell), host: waiting.shell.host.name },
            evidence: Object.entries(waiting.manual.evidence).map(([name, asked]) => ({ name, ...asked })),
            may: may(ctx, "job.attest_step", {
              separation: waiting.separation,
              unless: row.cancelRequestedAt === null ? null : "This job is being cancelled.",
            }),
          },
    said,
  };
}

const WAITING_MAX = 200;

/** Jobs that wait for a step by hand which this person may attest, longest waiting first. */
export async function listMyHandSteps(ctx: Ctx) {
  if (ctx.actor.kind !== "person") return [];
  const rows = await ctx.db
    .select({ job, tenantSlug: tenant.slug, requestedBy: person.name })
    .from(job)
    .innerJoin(tenant, eq(tenant.id, job.tenantId))
    .innerJoin(person, eq(person.id, job.requestedBy))
    .where(eq(job.state, "awaiting_person"))
    .orderBy(asc(job.stateChangedAt))
    .limit(WAITING_MAX);
  const steps = await Promise.all(
    rows.map(async ({ job: row, tenantSlug, requestedBy }) => {
      const waiting = await findWaitingStep(ctx.db, row);
      if (waiting === null) return null;
      const { id, number, tenantId, stageKey, stageTitle, effect, stateChangedAt: at } = row;
      const mine = may(ctx, "job.attest_step", { separation: waiting.separation });
      if (!mine.allowed) return null;
      const title = waiting.step.words.title;
      return {
        kind: "hand" as const,
        id,
        number,
        tenantId,
        tenantSlug,
        stageKey,
        stageTitle,
        effect,
        requestedBy,
        reason: `By hand: ${title}`,
        at,
      };
    }),
  );
  return steps.filter((one) => one !== null);
}
