import { and, desc, eq, gte, lt, or, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { accessDecision } from "#db/schema/access.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import { readCheck, readCheckText } from "#server/domain/access-policy/request.ts";
import { askTextSchema, decisionIdSchema, decisionListSchema } from "#server/domain/access-policy/schema.ts";
import { decideQuestion } from "#server/domain/decision/decide.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { getAccess } from "./rows.ts";

const PAGE = 100;

/** Logged decisions, newest first. `subject` finds both forms of an actor's name, and its resource. */
export const listDecisions = query({
  action: "access.read",
  input: decisionListSchema,
  run: async (ctx, { subject, effect, reason, from, to, before }) => {
    const wanted: (SQL | undefined)[] = [
      subject === null ? undefined : bySubject(subject),
      effect === null ? undefined : eq(accessDecision.effect, effect),
      reason === null ? undefined : eq(accessDecision.reason, reason),
      from === null ? undefined : gte(accessDecision.at, dayOf(from)),
      to === null ? undefined : lt(accessDecision.at, new Date(dayOf(to).getTime() + 86_400_000)),
      before === null ? undefined : lt(accessDecision.seq, before),
    ];
    const rows = await ctx.db
      .select({
        seq: accessDecision.seq,
        decisionId: accessDecision.decisionId,
        asker: accessDecision.asker,
        subject: accessDecision.subject,
        resource: accessDecision.resource,
        action: accessDecision.action,
        effect: accessDecision.effect,
        reason: accessDecision.reason,
        at: accessDecision.at,
      })
      .from(accessDecision)
      .where(and(...wanted))
      .orderBy(desc(accessDecision.seq))
      .limit(PAGE + 1);
    return {
      decisions: rows.slice(0, PAGE),
      /** Where the next page begins; null on the last. */
      next: rows.length > PAGE ? (rows[PAGE - 1]?.seq ?? null) : null,
      may: { ask: may(ctx, "access.ask") },
    };
  },
});

const bySubject = (name: string) =>
  or(
    eq(accessDecision.subject, name),
    eq(accessDecision.subject, `iam:${name}`),
    eq(accessDecision.resource, `ssh-cert:actor/${name}`),
  );

function dayOf(day: string): Date {
  const at = new Date(`${day}T00:00:00.000Z`);
  if (!Number.isNaN(at.getTime())) return at;
  throw new DomainError("invalid", `${day} is no day.`, { reason: "invalid", field: "from" });
}

/** One decision: what was asked, what was answered, how often, and what the same question gets now. */
export const readDecision = query({
  action: "access.read",
  input: decisionIdSchema,
  run: async (ctx, { decisionId }) => {
    const [row] = await ctx.db
      .select()
      .from(accessDecision)
      .where(eq(accessDecision.decisionId, decisionId))
      .orderBy(desc(accessDecision.seq))
      .limit(1);
    if (row === undefined)
      throw new DomainError("not_found", "There is no such decision.", { reason: "not_found" });
    const [given] = await ctx.db
      .select({ times: sql<number>`count(*)::int` })
      .from(accessDecision)
      .where(eq(accessDecision.decisionId, decisionId));
    return {
      ...row,
      times: given?.times ?? 1,
      by: factsOf(row.envelope),
      replay: await replayOf(ctx, row.question),
    };
  },
});

const bySchema = z.object({
  matched_rule: z.string().default("not said"),
  provenance: z.object({
    evaluator: z.string(),
    mode: z.string(),
    policy_package: z.string(),
    policy_version: z.string(),
    directory_etag: z.string(),
  }),
});

/** What an answer was given on. */
function factsOf(envelope: unknown) {
  const { matched_rule: rule, provenance } = bySchema.parse(envelope);
  const { evaluator, mode, policy_package: name, policy_version: version, directory_etag: etag } = provenance;
  return { rule, evaluator, mode, package: name, version, etag };
}

/** The answer to the same question under the registry and the package in force; null where neither can be read. */
async function replayOf(ctx: Ctx, question: unknown) {
  const read = readCheck(question);
  if (read.kind === "refused") return null;
  try {
    const { registry, package: inForce } = await getAccess(ctx.db);
    return decideQuestion(read.value, accessPolicy(registry, inForce), ctx.clock());
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** Tries a question out as the service would answer it. Nothing is logged, and the answer lets nothing go on. */
export const tryDecision = query({
  action: "access.ask",
  input: askTextSchema,
  run: async (ctx, { text }) => {
    const read = readCheckText(text);
    if (read.kind === "refused") return read;
    const { registry, package: inForce } = await getAccess(ctx.db);
    return {
      kind: "answered" as const,
      envelope: jsonSchema.parse(decideQuestion(read.value, accessPolicy(registry, inForce), ctx.clock())),
    };
  },
});
