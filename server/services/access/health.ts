import { desc } from "drizzle-orm";
import * as z from "zod";
import { accessDecision } from "#db/schema/access.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { findProvider, getAccess } from "./rows.ts";
import { askHealth } from "./external.ts";
import { listWaitingOf } from "./waiting.ts";

/** Who decides now, by which versions, whether it is well as seen from here, and what stands still when it is not. */
export const readHealth = query({
  action: "access.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const provider = await findProvider(ctx.db);
    const asked = performance.now();
    const trouble = await troubleOf(ctx, provider);
    const [last] = await ctx.db
      .select({ at: accessDecision.at, decisionId: accessDecision.decisionId })
      .from(accessDecision)
      .orderBy(desc(accessDecision.seq))
      .limit(1);
    return {
      number: provider?.number ?? 0,
      kind: provider?.kind ?? "built_in",
      origin: provider?.origin ?? null,
      asksJobs: provider?.asksJobs ?? false,
      smokes: provider?.smokes ?? null,
      trouble,
      /** How long the answer about health took, in milliseconds. */
      tookMs: Math.round(performance.now() - asked),
      versions: await versionsOf(ctx),
      last: last ?? null,
      waiting: await listWaitingOf(ctx.db, "access.provider"),
      may: { propose: may(ctx, "access.propose") },
    };
  },
});

async function troubleOf(
  ctx: Ctx,
  provider: Awaited<ReturnType<typeof findProvider>>,
): Promise<string | null> {
  if (provider?.kind === "external") return askHealth(provider.origin ?? "");
  return (await versionsOf(ctx)) === null ? "The registry or the package in force cannot be read." : null;
}

async function versionsOf(ctx: Ctx) {
  try {
    const { registry, package: inForce } = await getAccess(ctx.db);
    return {
      registry: registry.number,
      digest: registry.digest,
      actors: registry.counts.actors,
      package: inForce.front.package,
      version: inForce.version,
    };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
