import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { approval, job } from "#db/schema/job.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { approvalOf, asRead, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { tally } from "#server/testing/refusal.ts";
import { disablePerson } from "../person/disable.ts";
import { setRoles } from "../person/set-roles.ts";
import { approveJob } from "./approve.ts";
import { rejectJob } from "./reject.ts";
import { requestJob } from "./request.ts";
import { resolveJob } from "./resolve.ts";
import { runRead } from "./run-read.ts";
import { startJob } from "./start.ts";
import { withdrawJob } from "./withdraw.ts";

const ROUNDS = 6;

let world: JobWorld;
/** As many connections as racers, so that none waits for another's. */
let wide: Connection;
let operators: PersonActor[];
let reviewers: PersonActor[];

beforeAll(async () => {
  world = await openJobWorld();
  wide = connect(world.database.appUrl, { max: 16 });
  operators = await Promise.all(["Olga", "Oskar"].map((name) => world.person(name, "operator")));
  reviewers = await Promise.all(Array.from({ length: 8 }, (_, n) => world.person(`R ${n}`, "reviewer")));
});
afterAll(async () => {
  await wide.close();
  await world.close();
});

const as = (actor: PersonActor) => world.ctx(actor, wide.db);
const [first, second] = [() => some(operators[0]), () => some(operators[1])];
const approvalsOf = (jobId: string) =>
  world.db
    .select()
    .from(approval)
    .where(and(eq(approval.jobId, jobId), eq(approval.decision, "approve")));

async function compared(startsOnApproval = true) {
  const row = await world.request(first(), { startsOnApproval });
  await world.recheck(some(reviewers[0]), row.id);
  return row;
}

describe("at the same moment", () => {
  it("16 approvals by 8 reviewers approve once", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const row = await compared();
      const results = await Promise.allSettled(
        [...reviewers, ...reviewers].map((actor) => approveJob(as(actor), approvalOf(row))),
      );
      expect(tally(results)).toEqual({ done: 1, refused: Array<string>(15).fill("not_waiting") });
      expect(await approvalsOf(row.id)).toHaveLength(1);
      expect((await world.job(row.id)).state).toBe("queued");
    }
  });

  it("a double click makes one job, and both clicks find it", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const previewed = await world.preview(first(), { tenantId: await world.tenant(first()) });
      const idempotencyKey = randomUUID();
      const click = () =>
        requestJob(as(first()), { ...previewed, reason: "Go", startsOnApproval: true, idempotencyKey });
      const [one, ...others] = await Promise.all([click(), click(), click(), click()]);
      for (const other of others) expect(other).toEqual(one);
      expect(await world.db.$count(job, eq(job.idempotencyKey, idempotencyKey))).toBe(1);
    }
  });

  it("a double click on a read makes one job", async () => {
    const tenantId = await world.tenant(first());
    const previewed = await world.preview(first(), { tenantId, change: asRead });
    const idempotencyKey = randomUUID();
    const click = () => runRead(as(first()), { ...previewed, idempotencyKey });
    const [one, other] = await Promise.all([click(), click()]);
    expect(other).toEqual(one);
  });

  it("two operators on one tenant get one job, and a sentence", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const tenantId = await world.tenant(first());
      const clicks = await Promise.all(
        [first(), second()].map(async (actor) => ({
          actor,
          previewed: await world.preview(actor, { tenantId }),
        })),
      );
      const results = await Promise.allSettled(
        clicks.map(({ actor, previewed }) =>
          requestJob(as(actor), {
            ...previewed,
            reason: "Go",
            startsOnApproval: true,
            idempotencyKey: randomUUID(),
          }),
        ),
      );
      expect(tally(results)).toEqual({ done: 1, refused: ["stage_closed"] });
      const refused = results.find(({ status }) => status === "rejected");
      expect(refused).toMatchObject({
        reason: { message: expect.stringMatching(/^A job of this stage is under way\./) },
      });
      expect(await world.db.$count(job, eq(job.tenantId, tenantId))).toBe(1);
    }
  });

  it.each(["withdraws", "refuses"])("one approves and another %s: one of them is right", async (what) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const row = await compared(false);
      const { id: jobId, digest } = row;
      const other = () =>
        what === "withdraws"
          ? withdrawJob(as(first()), { jobId, reason: "No" })
          : rejectJob(as(some(reviewers[1])), { jobId, digest, reason: "No" });
      const approves = () => approveJob(as(some(reviewers[0])), approvalOf(row));
      const results = await Promise.allSettled(
        round % 2 === 0 ? [approves(), other()] : [other(), approves()],
      );
      const { state } = await world.job(jobId);
      const approved = (await approvalsOf(jobId)).length;
      // An armed job may still be withdrawn, so both may succeed, in that order only.
      if (what === "withdraws" && tally(results).done === 2) {
        expect({ state, approved }).toEqual({ state: "withdrawn", approved: 1 });
      } else {
        expect(tally(results)).toEqual({ done: 1, refused: ["not_waiting"] });
        const ended = what === "withdraws" ? "withdrawn" : "rejected";
        expect({ state, approved }).toEqual(
          state === ended ? { state: ended, approved: 0 } : { state: "approved", approved: 1 },
        );
      }
    }
  });

  it("a start and a withdrawal of an armed job: one wins", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const row = await compared(false);
      await approveJob(as(some(reviewers[0])), approvalOf(row));
      const results = await Promise.allSettled([
        startJob(as(first()), { jobId: row.id }),
        withdrawJob(as(first()), { jobId: row.id, reason: "No" }),
      ]);
      expect(tally(results).done).toBe(1);
      expect(["queued", "withdrawn"]).toContain((await world.job(row.id)).state);
    }
  });

  it("two settle an unknown outcome: settled once", async () => {
    const tenantId = await world.tenant(first());
    const row = await world.pastJob({ tenantId, requestedBy: first(), stageKey: "0" }, "outcome_unknown");
    const results = await Promise.all(
      reviewers
        .slice(0, 2)
        .map((actor) => resolveJob(as(actor), { jobId: row.id, verdict: "happened", reason: "Looked" })),
    );
    expect(results.filter(({ isSettled }) => isSettled)).toHaveLength(1);
  });

  it("a reviewer loses the role while approving: the approval stands before it or not at all", async () => {
    const admin = await world.person("Ada", "admin");
    for (let round = 0; round < ROUNDS; round += 1) {
      const row = await compared();
      const leaver = await world.person(`Leaver ${round}`, "reviewer");
      const results = await Promise.allSettled([
        approveJob(as(leaver), approvalOf(row)),
        setRoles(as(admin), { personId: leaver.personId, roles: [] }),
      ]);
      const { done, refused } = tally(results);
      expect(await approvalsOf(row.id)).toHaveLength(done - 1);
      expect(refused).toEqual(done === 1 ? ["role_missing"] : []);
    }
  });

  it("two admins disable each other: one stays", async () => {
    for (let round = 0; round < 3; round += 1) {
      const [one, other] = await Promise.all([world.person("A", "admin"), world.person("B", "admin")]);
      const results = await Promise.allSettled([
        disablePerson(as(one), { personId: other.personId }),
        disablePerson(as(other), { personId: one.personId }),
      ]);
      const { done, refused } = tally(results);
      expect(done).toBe(1);
      expect(["collision", "signed_out"]).toContain(refused[0]);
    }
  });
});

function some<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The test expected a value.");
  return value;
}
