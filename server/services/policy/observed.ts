import { desc, eq, sql } from "drizzle-orm";
import * as z from "zod";
import { evidence, job } from "#db/schema/job.ts";
import { tenant } from "#db/schema/tenant.ts";
import { query } from "../verb.ts";

/** Runs that are looked through: each identity of a stage is one row. */
const ROWS_LIMIT = 60;

const answer = z.enum(["allow", "deny", "exception"]);
const resultSchema = z.object({
  persona: z.string(),
  operation: z.string(),
  place: z.string(),
  status: z.number(),
  observed: answer,
  simulated: answer.nullable(),
  branch: z.string(),
  differs: z.boolean(),
  group: z.enum(["PASS", "DENY", "UNAFFECTED"]).nullable(),
  holds: z.boolean(),
});
const probedSchema = z.object({ revision: z.number(), results: z.array(resultSchema) });
const driftSchema = z.object({
  asked: z.number(),
  outside: z.number(),
  assignments: z.array(
    z.object({
      role: z.string(),
      account: z.string(),
      scope: z.string(),
      rule: z.string(),
      says: z.string(),
    }),
  ),
});
const filesSchema = z.object({ shown: z.literal(true), live: z.string(), override: z.string() });

/** What runs of the acceptance runbook saw on a cloud: of each question the newest answer, and the cloud's policy files. */
export const readObserved = query({
  action: "policy.read",
  input: z.strictObject({ cloudId: z.uuid() }),
  run: async (ctx, { cloudId }) => {
    const rows = await ctx.db
      .select({ values: evidence.values, at: evidence.at, jobId: job.id, number: job.number })
      .from(evidence)
      .innerJoin(job, eq(job.id, evidence.jobId))
      .innerJoin(tenant, eq(tenant.id, job.tenantId))
      .where(
        sql`${tenant.cloudId} = ${cloudId} and (${evidence.values} ?& array['revision', 'differences', 'results'] or ${evidence.values} ?& array['shown', 'live', 'override'] or ${evidence.values} ?& array['outside', 'assignments'])`,
      )
      .orderBy(desc(evidence.at))
      .limit(ROWS_LIMIT);
    const seen = new Map<string, z.output<typeof resultSchema> & Seen>();
    for (const { values, at, jobId, number } of rows) {
      const probed = probedSchema.safeParse(values).data;
      for (const result of probed?.results ?? []) {
        const key = [result.persona, result.operation, result.place].join("\n");
        if (!seen.has(key)) {
          seen.set(key, { ...result, at, jobId, number, revision: probed?.revision ?? 0 });
        }
      }
    }
    const files = rows.flatMap(({ values, at, jobId, number }) => {
      const shown = filesSchema.safeParse(values).data;
      return shown === undefined ? [] : [{ live: shown.live, override: shown.override, at, jobId, number }];
    });
    const drift = rows.flatMap(({ values, at, jobId, number }) => {
      const read = driftSchema.safeParse(values).data;
      return read === undefined ? [] : [{ ...read, at, jobId, number }];
    });
    return { results: [...seen.values()], files: files[0] ?? null, drift: drift[0] ?? null };
  },
});

interface Seen {
  at: Date;
  jobId: string;
  number: number;
  revision: number;
}
