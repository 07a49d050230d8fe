import { proposePackage } from "#server/services/access/package.ts";
import { proposeProvider } from "#server/services/access/provider.ts";
import { proposeRegistry } from "#server/services/access/registry.ts";
import { openElsewhere, seedExamples, SHIPPED_POLICY } from "../access.ts";
import { type Acts, REASON } from "./world.ts";

/** Acts on who gets access, by the path of their procedure. */
export const ACCESS_ACTS: Acts = {
  "access.proposeRegistry": async ({ jobs, operator }) => {
    await seedExamples(jobs.db, jobs.clock);
    const content = { base: 1, change: { kind: "retire" as const, name: "adm-example" } };
    return () => proposeRegistry(jobs.ctx(operator), { content, reason: REASON });
  },
  "access.proposePackage": async ({ jobs, operator }) => {
    await seedExamples(jobs.db, jobs.clock);
    const content = { base: 1, document: `${SHIPPED_POLICY}\nMore prose.\n` };
    return () => proposePackage(jobs.ctx(operator), { content, reason: REASON });
  },
  "access.proposeProvider": async ({ jobs, operator }) => {
    await seedExamples(jobs.db, jobs.clock);
    const elsewhere = await openElsewhere(jobs.db, jobs.clock);
    // Tests of a file end with their process; nothing waits for it.
    const content = { kind: "external" as const, base: 0, origin: elsewhere.origin };
    return () => proposeProvider(jobs.ctx(operator), { content, reason: REASON });
  },
};
