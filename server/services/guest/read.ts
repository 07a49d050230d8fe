import { and, count, desc, eq, inArray } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { desiredState, guestObservation } from "#db/schema/guest.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { readActual } from "#server/domain/guest/actual.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { diffDesired } from "#server/domain/guest/diff.ts";
import { readDesired } from "#server/domain/guest/desired.ts";
import { planGuests } from "#server/domain/guest/plan.ts";
import { hostRefSchema } from "#server/domain/guest/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { listCarriedOut, stillWanted } from "./carried-out.ts";
import { findNewestDesired } from "./desired.ts";
import { listGivenUp } from "./given-up.ts";
import { listHostJournal } from "./journal.ts";
import { findRecovery } from "./recovery.ts";
import { listHosts } from "./hosts.ts";

/** Generations of one host that its page lists. */
const GENERATIONS_MAX = 50;
const JOBS_MAX = 20;

/** Every host with its generation, when it was looked at, what differs, and what waits for people. */
export const readFleet = query({
  action: "guest.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [hosts, hypervisors] = await Promise.all([
      listHosts(ctx.db),
      ctx.db
        .select({ id: cloud.id, name: cloud.name, state: cloud.state, says: cloud.says })
        .from(cloud)
        .where(eq(cloud.kind, "hypervisor")),
    ]);
    const ids = hosts.map(({ id }) => id);
    const [seen, wanted, waiting, givenUp, carriedOut] = await Promise.all([
      ids.length === 0
        ? []
        : ctx.db.select().from(guestObservation).where(inArray(guestObservation.tenantId, ids)),
      ids.length === 0
        ? []
        : ctx.db
            .selectDistinctOn([desiredState.tenantId])
            .from(desiredState)
            .where(inArray(desiredState.tenantId, ids))
            .orderBy(desiredState.tenantId, desc(desiredState.generation)),
      countWaiting(ctx, ids),
      listGivenUp(ctx.db, ids),
      listCarriedOut(ctx.db, ids),
    ]);
    const seenOf = new Map(seen.map((row) => [row.tenantId, row]));
    const wantedOf = new Map(wanted.map((row) => [row.tenantId, row]));
    return {
      hypervisors,
      add: may(ctx, "guest.add_host"),
      hosts: hosts.map((host) => ({
        ...host,
        ...judge({
          seen: seenOf.get(host.id) ?? null,
          wanted: wantedOf.get(host.id) ?? null,
          done: carriedOut.get(host.id),
        }),
        isGivenUp: givenUp.has(host.id),
        waiting: waiting.get(host.id) ?? { approval: 0, signature: 0 },
      })),
    };
  },
});

async function countWaiting(ctx: Ctx, ids: readonly string[]) {
  const waiting = new Map<string, { approval: number; signature: number }>();
  if (ids.length === 0) return waiting;
  const rows = await ctx.db
    .select({ id: job.tenantId, state: job.state, n: count() })
    .from(job)
    .where(
      and(inArray(job.tenantId, [...ids]), inArray(job.state, ["awaiting_approval", "awaiting_signature"])),
    )
    .groupBy(job.tenantId, job.state);
  for (const { id, state, n } of rows) {
    const known = waiting.get(id) ?? { approval: 0, signature: 0 };
    waiting.set(id, state === "awaiting_signature" ? { ...known, signature: n } : { ...known, approval: n });
  }
  return waiting;
}

type Seen = typeof guestObservation.$inferSelect | null;
type Wanted = typeof desiredState.$inferSelect | null;

/** As the runner wrote it; null while it has seen nothing. */
function actualOf(seen: Seen) {
  const document = seen?.document ?? null;
  return document === null ? null : readActual(document);
}

function judge({
  seen,
  wanted,
  done,
}: {
  seen: Seen;
  wanted: Wanted;
  done: ReadonlySet<unknown> | undefined;
}) {
  const actual = actualOf(seen);
  const desired = wanted === null ? null : stillWanted(readDesired(wanted.document), done);
  const plan = actual === null || desired === null ? null : planGuests(desired, actual);
  return {
    generation: wanted?.generation ?? null,
    observedAt: seen?.observedAt ?? null,
    problem: seen?.problem ?? null,
    guests: actual?.guests.length ?? null,
    differing: plan?.lanes.length ?? null,
    held: plan?.held.length ?? 0,
    intents: plan?.intents.length ?? 0,
  };
}

/** One host: what its guests are wanted to be beside what they are, what would be done, and what was. */
export const readHost = query({
  action: "guest.read",
  input: hostRefSchema,
  run: async (ctx, { tenantId }) => {
    const host = (await listHosts(ctx.db)).find(({ id }) => id === tenantId);
    if (host === undefined) {
      throw new DomainError("not_found", "There is no such host with guests.", { reason: "not_found" });
    }
    const [newest, [seen], generations, jobs, givenUp, recovery, journal, carriedOut] = await Promise.all([
      findNewestDesired(ctx.db, tenantId),
      ctx.db.select().from(guestObservation).where(eq(guestObservation.tenantId, tenantId)),
      ctx.db
        .select({
          generation: desiredState.generation,
          reason: desiredState.reason,
          at: desiredState.at,
          by: person.name,
          document: desiredState.document,
        })
        .from(desiredState)
        .innerJoin(person, eq(person.id, desiredState.savedBy))
        .where(eq(desiredState.tenantId, tenantId))
        .orderBy(desc(desiredState.generation))
        .limit(GENERATIONS_MAX + 1),
      listJobs(ctx, tenantId),
      listGivenUp(ctx.db, [tenantId]),
      findRecovery(ctx.db, tenantId, ctx.clock()),
      listHostJournal(ctx.db, tenantId),
      listCarriedOut(ctx.db, [tenantId]),
    ]);
    const desired = newest === null ? null : readDesired(newest.document);
    const actual = actualOf(seen ?? null);
    return {
      host: { ...host, isGivenUp: givenUp.has(tenantId) },
      observed: {
        at: seen?.observedAt ?? null,
        triedAt: seen?.triedAt ?? null,
        problem: seen?.problem ?? null,
      },
      desired,
      actual,
      plan:
        desired === null || actual === null
          ? null
          : planGuests(stillWanted(desired, carriedOut.get(tenantId)), actual),
      document: newest?.document ?? null,
      generations: withChanges(generations),
      jobs,
      recovery,
      journal,
      may: {
        save: may(ctx, "guest.save"),
        preview: may(ctx, "plan.preview"),
        armRecovery: may(ctx, "guest.arm_recovery"),
        endRecovery: may(ctx, "guest.end_recovery"),
      },
    };
  },
});

interface Generation {
  generation: number;
  reason: string;
  at: Date;
  by: string;
  document: Json;
}

/** Newest first, each with what it wants otherwise than the one before it. */
function withChanges(generations: readonly Generation[]) {
  return generations.slice(0, GENERATIONS_MAX).map(({ document, ...row }, at) => {
    const before = generations[at + 1];
    return {
      ...row,
      ...diffDesired(before === undefined ? null : readDesired(before.document), readDesired(document)),
    };
  });
}

function listJobs(ctx: Ctx, tenantId: string) {
  return ctx.db
    .select({
      id: job.id,
      number: job.number,
      state: job.state,
      stageKey: job.stageKey,
      stageTitle: job.stageTitle,
      requestedBy: person.name,
      requestedAt: job.requestedAt,
      outcomeSays: job.outcomeSays,
    })
    .from(job)
    .innerJoin(person, eq(person.id, job.requestedBy))
    .where(eq(job.tenantId, tenantId))
    .orderBy(desc(job.number))
    .limit(JOBS_MAX);
}
