import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { approval, job } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { approvalOf, type JobRow, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { tally } from "#server/testing/refusal.ts";
import { approveJob } from "./approve.ts";

const ROUNDS = 1_000;
/** Races under way at once. */
const PAGE = 4;

let world: JobWorld;
let app: Connection;
/** Past everything that the application's role may not do: nothing of ours can change a frozen plan at all. */
let owner: Connection;
let reviewers: PersonActor[];
let model: JobRow;
let compared: typeof plan.$inferSelect;

beforeAll(async () => {
  world = await openJobWorld();
  app = connect(world.database.appUrl, { max: PAGE });
  owner = connect(world.database.ownerUrl, { max: PAGE });
  reviewers = await Promise.all(["Rita", "Rolf"].map((name) => world.person(name, "reviewer")));
  const [reviewer] = reviewers;
  if (!reviewer) throw new Error("there is a reviewer");
  model = await world.request(await world.person("Olga", "operator"));
  const planId = await world.recheck(reviewer, model.id);
  const [row] = await world.db.select().from(plan).where(eq(plan.id, planId));
  if (!row) throw new Error("there is a comparison");
  compared = row;
});
afterAll(async () => {
  await app.close();
  await owner.close();
  await world.close();
});

const someDigest = () => `sha256:${randomBytes(32).toString("hex")}`;

/** Requests like the first one, each compared with the cloud. */
async function requests(count: number): Promise<JobRow[]> {
  const { number: _number, ...copied } = model;
  const rows = await world.db
    .insert(job)
    .values(
      Array.from({ length: count }, () => ({
        ...copied,
        id: randomUUID(),
        digest: someDigest(),
        nonce: randomBytes(24).toString("base64url"),
        idempotencyKey: randomUUID(),
      })),
    )
    .returning();
  await world.db.insert(plan).values(rows.map(({ id }) => ({ ...compared, id: randomUUID(), jobId: id })));
  return rows;
}

/** Questions that a swap asks before it writes: an approval asks some before it holds the job, and some after. */
const QUESTIONS_MAX = 20;

/** Another plan under the same id, at some moment of the click: before, while or after the approval holds the job. */
async function swap({ id }: JobRow): Promise<void> {
  await owner.sql.begin(async (tx) => {
    for (let left = randomInt(QUESTIONS_MAX); left > 0; left -= 1) await tx`select id from plan limit 1`;
    await tx`update job set digest = ${someDigest()} where id = ${id}`;
  });
}

it(
  `of ${ROUNDS} plans swapped while they are approved, none is approved but the one that was seen`,
  { timeout: 300_000 },
  async () => {
    let done = 0;
    const refused: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round += PAGE) {
      const rows = await requests(PAGE);
      const acts = rows.map(async (row, index) => {
        const reviewer = reviewers[index % 2];
        if (!reviewer) throw new Error("there are two reviewers");
        const approves = () => approveJob(world.ctx(reviewer, app.db), approvalOf(row));
        const swaps = () => swap(row).catch(() => undefined); // an approval refers to the digest: then it cannot go
        const [result] =
          index % 3 === 0
            ? (await Promise.allSettled([swaps(), approves()])).toReversed()
            : await Promise.allSettled([approves(), swaps()]);
        return result;
      });
      const results = (await Promise.all(acts)).flatMap((result) => (result ? [result] : []));
      const counted = tally(results);
      done += counted.done;
      for (const reason of counted.refused) refused[reason] = (refused[reason] ?? 0) + 1;

      const ids = rows.map(({ id }) => id);
      const given = await world.db
        .select({ id: job.id, state: job.state, now: job.digest, approved: approval.digest })
        .from(approval)
        .innerJoin(job, and(eq(job.id, approval.jobId)))
        .where(inArray(approval.jobId, ids));
      expect(given).toHaveLength(counted.done);
      for (const { id, state, now, approved } of given) {
        expect(state).toBe("queued");
        expect(now).toBe(approved);
        expect(approved).toBe(rows.find((row) => row.id === id)?.digest);
      }
      expect(await world.db.$count(job, and(inArray(job.id, ids), eq(job.state, "queued")))).toBe(
        counted.done,
      );
    }
    expect(Object.keys(refused)).toEqual(["stale"]);
    expect(done + (refused["stale"] ?? 0)).toBe(ROUNDS);
    // A race that one side nearly always wins is none.
    expect(Math.min(done, refused["stale"] ?? 0)).toBeGreaterThan(ROUNDS / 50);
  },
);
