import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { passkey } from "#db/schema/passkey.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson, signInAs } from "#server/testing/people.ts";
import { answerTo } from "#server/testing/proposals.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { findActor } from "../person/session.ts";
import { listPeople } from "../person/list.ts";
import { approveProposal, rejectProposal } from "../proposal/decide.ts";
import { readProposal } from "../proposal/read.ts";
import { proposeForget } from "./forget.ts";
import { hasPasskey } from "./rows.ts";

let world: JobWorld;
let ada: PersonActor;
let alan: PersonActor;
let mara: PersonActor;
let lena: PersonActor;
let secret: string;

beforeAll(async () => {
  world = await openJobWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  ada = await world.person("Ada", "admin");
  alan = await world.person("Alan", "admin");
  mara = await world.person("Mara", "manager");
  const who = await addPerson(world.db, { name: "Lena", roles: ["admin", "manager"], at: world.now });
  ({ actor: lena, secret } = await signInAs(world, who));
  await keep(lena, "Laptop");
});

const as = (actor: PersonActor) => world.ctx(actor);
const keep = (of: PersonActor, name: string) =>
  world.db.insert(passkey).values({
    id: randomUUID(),
    personId: of.personId,
    credentialId: randomUUID(),
    publicKey: Buffer.alloc(1),
    counter: 0,
    transports: [],
    name,
    createdAt: world.now,
  });

const ask = async (by: PersonActor, of = lena) =>
  (await proposeForget(as(by), { content: { personId: of.personId }, reason: "Phone in the river" }))
    .proposalId;
const agree = async (by: PersonActor, proposalId: string) =>
  approveProposal(as(by), await answerTo(world, proposalId));

describe("lost passkeys", () => {
  it("are removed by two other people, and every session of their person ends", async () => {
    await keep(lena, "Phone");
    const proposalId = await ask(ada);
    expect(await hasPasskey(world.db, lena.personId)).toBe(true);
    const { rendering } = await readProposal(as(mara), { proposalId });
    expect(rendering.before.join("\n")).toMatch(/Lena \(.+@.+\)[\s\S]*Laptop, made[\s\S]*Phone, made/);
    expect(await refusalOf(agree(ada, proposalId))).toMatchObject({ reason: "self_approval" });
    await agree(mara, proposalId);
    expect(await hasPasskey(world.db, lena.personId)).toBe(false);
    expect(await findActor({ db: world.db, clock: world.clock, isActivity: false }, secret)).toBeNull();
    const { people } = await listPeople(as(ada), {});
    expect(people.find(({ id }) => id === lena.personId)).toMatchObject({
      passkeyCount: 0,
      sessionCount: 0,
      disabledAt: null,
    });
  });

  it("of oneself are nobody's to ask for or to agree to", async () => {
    expect(await refusalOf(agree(alan, await ask(lena)))).toMatchObject({ reason: "own_passkeys" });
    expect((await listPeople(as(lena), {})).people.find(({ id }) => id === lena.personId)?.may).toMatchObject(
      {
        forgetPasskeys: { allowed: false },
      },
    );
    // Agreeing takes a proof by the very passkey that is lost.
    expect(await refusalOf(agree(lena, await ask(ada)))).toMatchObject({ reason: "step_up_required" });
    expect(await hasPasskey(world.db, lena.personId)).toBe(true);
  });

  it("stay where the second person refuses, and where there are others by then", async () => {
    const refused = await ask(ada);
    await rejectProposal(as(alan), await answerTo(world, refused));
    const stale = await ask(ada);
    await keep(lena, "Found again");
    expect(await refusalOf(agree(alan, stale))).toMatchObject({ reason: "drift" });
    expect(await world.db.$count(passkey, eq(passkey.personId, lena.personId))).toBe(2);
    expect(await hasPasskey(world.db, lena.personId)).toBe(true);
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ["of somebody who has none", () => ask(ada, mara), { reason: "no_passkey" }],
    ["of nobody", () => ask(ada, { ...lena, personId: randomUUID() }), { code: "not_found" }],
    ["by a manager", () => ask(mara), { reason: "role_missing" }],
    [
      "with the word of a reviewer",
      async () => agree(await world.person("Rita", "reviewer"), await ask(ada)),
      { reason: "role_missing" },
    ],
  ])("are not removed %s", async (_what, act, refusal) => {
    expect(await refusalOf(act())).toMatchObject(refusal);
    expect(await hasPasskey(world.db, lena.personId)).toBe(true);
  });
});
