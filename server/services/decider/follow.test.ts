import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connect } from "#db/client.ts";
import { accessRegistry } from "#db/schema/access.ts";
import { generateSnapshot, snapshotText } from "#server/domain/actor/generate.ts";
import { readSnapshotText } from "#server/domain/actor/snapshot.ts";
import { seedExamples } from "#server/testing/access.ts";
import { actorOf } from "#server/testing/certificates.ts";
import { testDatabase, type TestDatabase } from "#server/testing/database.ts";
import { AccessFollower } from "./follow.ts";

let database: TestDatabase;
let offsetMs = 0;
const clock = () => new Date(Date.now() + offsetMs);

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe("the follower of what is in force", () => {
  it("decides nothing without a registry, takes the newest whole, and nothing that may be stale", async () => {
    const own = connect(database.appUrl, { max: 1 });
    const follower = new AccessFollower(own.db, clock);
    await follower.begin();
    expect(follower.policy()).toBeNull();
    await seedExamples(database.db, clock);
    await vi.waitFor(() => expect(follower.policy()).not.toBeNull(), { timeout: 20_000 });
    const before = follower.policy()?.etag;

    const owner = connect(database.ownerUrl, { max: 1 });
    await owner.sql`alter table access_registry drop constraint access_registry_agreed`;
    const snapshot = snapshotText(generateSnapshot([actorOf("agt-one-more")]));
    const read = readSnapshotText(snapshot);
    if (read.kind === "refused") throw new Error("The registry of the test.");
    const { digest } = read.registry;
    await database.db
      .insert(accessRegistry)
      .values({ number: 2, snapshot, digest, says: "Of a test", at: clock() });
    await vi.waitFor(() => expect(follower.policy()?.etag).toBe(digest), { timeout: 20_000 });
    expect(digest).not.toBe(before);

    // The database is away: what was seen last counts for ten seconds, and then nothing does.
    await own.close();
    offsetMs = 5_000;
    expect(follower.policy()?.etag).toBe(digest);
    offsetMs = 11_000;
    expect(follower.policy()).toBeNull();
    await follower.end();
    await owner.close();
  });
});
