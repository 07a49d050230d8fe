import { randomUUID } from "node:crypto";
import { and, desc, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { handover, secret } from "#db/schema/secret.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { collectHandover } from "./collect.ts";
import { confirmHandover } from "./confirm.ts";
import { requestHandover } from "./request.ts";

const BOX = { publicKey: "p", iv: "i", ciphertext: "c" };

let world: JobWorld;
let operator: PersonActor;
let colleague: PersonActor;
let tenantId = "";

beforeAll(async () => {
  world = await openJobWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  operator = await world.person("Olga", "operator");
  colleague = await world.person("Otto", "operator");
  tenantId = await world.passedTenant(operator);
  await sealSecret();
  world.advance(1000);
});

const as = (actor: PersonActor) => world.ctx(actor);
const ask = (actor = operator) => requestHandover(as(actor), { tenantId, publicKey: "A".repeat(87) });

/** What the runner does when it answers. */
async function box({ handoverId }: { handoverId: string }): Promise<void> {
  await world.db.update(handover).set({ state: "ready", box: BOX }).where(eq(handover.id, handoverId));
}

async function sealSecret(version = 1): Promise<void> {
  await world.db.insert(secret).values({
    id: randomUUID(),
    tenantId,
    name: "manager_password",
    version,
    sealed: new Uint8Array([1, 2, 3]),
    fingerprint: "0011223344556677",
    jobId: randomUUID(),
    createdAt: world.now,
  });
}

async function countSealed(): Promise<number> {
  return world.db.$count(secret, and(eq(secret.tenantId, tenantId), isNull(secret.destroyedAt)));
}

async function handedOverAt(): Promise<Date | null | undefined> {
  const [row] = await world.db.select().from(tenant).where(eq(tenant.id, tenantId));
  return row?.handedOverAt;
}

describe("a hand-over", () => {
  it("destroys the sealed copies when the browser says that the box opened, and not before", async () => {
    const made = await ask();
    await box(made);
    await collectHandover(as(operator), made);
    expect(await countSealed()).toBe(1);
    expect(await handedOverAt()).toBeNull();
    await confirmHandover(as(operator), made);
    expect(await countSealed()).toBe(0);
    expect(await handedOverAt()).toEqual(world.now);
    const [row] = await world.db.select().from(handover).where(eq(handover.id, made.handoverId));
    expect(row).toMatchObject({ state: "revealed", box: null });
  });

  it("gives the box again when its answer was lost, and takes a confirmation again", async () => {
    const made = await ask();
    await box(made);
    expect(await collectHandover(as(operator), made)).toEqual({ box: BOX });
    expect(await collectHandover(as(operator), made)).toEqual({ box: BOX });
    await confirmHandover(as(operator), made);
    await confirmHandover(as(operator), made);
    expect(await refusalOf(collectHandover(as(operator), made))).toMatchObject({ reason: "not_ready" });
  });

  it("puts each delivery on the audit, and never the box", async () => {
    const made = await ask();
    await box(made);
    await collectHandover(as(operator), made);
    const [entry] = await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
    expect(entry).toMatchObject({
      action: "handover.reveal",
      outcome: "done",
      objectId: tenantId,
      actor: { kind: "person", id: operator.personId, name: "Olga" },
      details: { handoverId: made.handoverId, delivered: true },
    });
    expect(JSON.stringify(entry)).not.toContain("ciphertext");
  });

  it("can be asked for anew when the page that asked was lost; the lost one opens nothing", async () => {
    const lost = await ask();
    await box(lost);
    const made = await ask(colleague);
    await box(made);
    expect(await refusalOf(collectHandover(as(operator), lost))).toMatchObject({ reason: "failed" });
    expect(await refusalOf(confirmHandover(as(operator), lost))).toMatchObject({ reason: "failed" });
    expect(await countSealed()).toBe(1);
    await confirmHandover(as(colleague), made);
    expect(await countSealed()).toBe(0);
  });

  it("is over once it was opened", async () => {
    const made = await ask();
    await box(made);
    await confirmHandover(as(operator), made);
    expect(await refusalOf(ask())).toMatchObject({ reason: "not_open" });
  });

  it("opens for nobody but the person who asked", async () => {
    const made = await ask();
    await box(made);
    for (const act of [collectHandover, confirmHandover]) {
      expect(await refusalOf(act(as(colleague), made))).toMatchObject({ reason: "not_the_requester" });
    }
    expect(await countSealed()).toBe(1);
  });

  it("destroys nothing before the runner has boxed the set", async () => {
    const made = await ask();
    expect(await refusalOf(confirmHandover(as(operator), made))).toMatchObject({ reason: "not_ready" });
    expect(await countSealed()).toBe(1);
  });

  it.each(["queued", "running"] as const)("waits for a job that is %s", async (state) => {
    const made = await ask();
    await box(made);
    await world.pastJob({ tenantId, requestedBy: operator, stageKey: "1" }, state);
    expect(await refusalOf(confirmHandover(as(operator), made))).toMatchObject({ reason: "not_open" });
    expect(await countSealed()).toBe(1);
  });

  it("does not destroy a credential that was made after the box was asked for", async () => {
    const made = await ask();
    await box(made);
    world.advance(1000);
    await sealSecret(2);
    expect(await refusalOf(confirmHandover(as(operator), made))).toMatchObject({ reason: "not_open" });
    expect(await countSealed()).toBe(2);
    const again = await ask();
    await box(again);
    await confirmHandover(as(operator), again);
    expect(await countSealed()).toBe(0);
  });
});
