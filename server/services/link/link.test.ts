import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itemLink } from "#db/schema/register.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import type { ItemLinkKind } from "#server/domain/item-link/words.ts";
import type { StoredItem } from "#server/testing/items.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { openRegister } from "#server/testing/register-acts.ts";
import { readItemActs } from "../item-move/read.ts";
import { addLink } from "./add.ts";
import { decideLink } from "./decide.ts";

let world: JobWorld;
let olga: PersonActor;
let register: Awaited<ReturnType<typeof openRegister>>;

beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  register = await openRegister(world, olga.personId);
});
afterAll(() => world.close());

const as = (actor: PersonActor) => world.ctx(actor);
const shown = (row: StoredItem) => readItemActs(as(olga), { itemId: row.id });
const file = (kind: StoredItem["kind"] = "H") => register.file({ kind });
const link = (from: StoredItem, to: StoredItem | string, kind: ItemLinkKind = "blocked_by") =>
  addLink(as(olga), {
    itemId: from.id,
    kind,
    to: typeof to === "string" ? to : to.code,
    toItemId: null,
    reason: "It says so",
  });
const decide = (linkId: string, verdict: "confirm" | "dismiss", reason: string | null = null) =>
  decideLink(as(olga), { linkId, verdict, reason });

describe("a link", () => {
  it("that prose proposes holds nothing before a person confirms it, and is read both ways", async () => {
    const [row, other] = [await file(), await file("R")];
    const linkId = await register.tie(row, other, { state: "proposed" });
    expect((await shown(row)).blockers).toEqual([]);
    await decide(linkId, "confirm");
    expect((await shown(row)).blockers).toMatchObject([{ code: other.code, itemId: other.id }]);
    expect((await shown(row)).links.forth).toMatchObject([{ code: other.code, says: "waits for" }]);
    expect((await shown(other)).links.back).toMatchObject([{ code: row.code, says: "holds back" }]);
    expect((await shown(other)).frees).toMatchObject([{ code: row.code, alsoWaitsFor: [] }]);
  });

  it("is dismissed: what was proposed without words, what holds with a reason", async () => {
    const [row, other] = [await file(), await file("R")];
    const linkId = await register.tie(row, other, { state: "proposed" });
    await decide(linkId, "dismiss");
    expect((await shown(row)).links.forth).toEqual([]);
    expect(await refusalOf(decide(linkId, "dismiss"))).toMatchObject({ reason: "decided" });
    await decide(linkId, "confirm");
    expect(await refusalOf(decide(linkId, "dismiss"))).toMatchObject({ reason: "no_reason" });
    await decide(linkId, "dismiss", "It was the other R");
    const [kept] = await world.db.select().from(itemLink).where(eq(itemLink.id, linkId));
    expect(kept).toMatchObject({ state: "dismissed", decidedBy: olga.personId, decidedAt: world.now });
  });

  it("may name what no register has, and then holds", async () => {
    const row = await file();
    await link(row, "D-999");
    expect((await shown(row)).blockers).toEqual([{ code: "D-999", itemId: null, title: null }]);
  });

  it.each<ItemLinkKind>(["blocked_by", "superseded_by"])("%s closes no circle", async (kind) => {
    const [a, b, c] = [await file("decision"), await file("decision"), await file("decision")];
    await link(a, b, kind);
    await link(b, c, kind);
    expect(await refusalOf(link(c, a, kind))).toEqual({ code: "conflict", reason: "circle" });
    expect(await refusalOf(link(b, a, kind))).toEqual({ code: "conflict", reason: "circle" });
    expect(await refusalOf(link(a, a, kind))).toMatchObject({ reason: "circle" });
    const proposed = await register.tie(c, a, { kind, state: "proposed" });
    expect(await refusalOf(decide(proposed, "confirm"))).toMatchObject({ reason: "circle" });
    await link(c, a, "mentions");
  });

  it("closes no circle from its other side either, nor of two at the same moment", async () => {
    const [a, b] = [await file("decision"), await file("decision")];
    await link(a, b, "superseded_by");
    expect(await refusalOf(link(a, b, "supersedes"))).toMatchObject({ reason: "circle" });
    const [c, d] = [await file(), await file()];
    const results = await Promise.allSettled([link(c, d), link(d, c)]);
    expect(tally(results)).toEqual({ done: 1, refused: ["circle"] });
  });

  it("to a change is to an entry of a changelog", async () => {
    const row = await file();
    expect(await refusalOf(link(row, await file("R"), "changed_by"))).toMatchObject({
      reason: "no_change_entry",
    });
    expect(await refusalOf(link(row, "DOCFIX-999", "changed_by"))).toMatchObject({
      reason: "no_change_entry",
    });
    await link(row, await file("change"), "changed_by");
  });

  it("asks which one is meant where several have the code", async () => {
    const [row, one, other] = [
      await file(),
      await register.file({ kind: "R", code: "R-777" }),
      await openRegister(world, olga.personId),
    ];
    await link(row, one);
    const elsewhere = await other.file({ kind: "R", code: "R-777" });
    const far = await (await openRegister(world, olga.personId)).file({ kind: "H" });
    expect(await refusalOf(link(far, "R-777"))).toEqual({ code: "invalid", reason: "ambiguous" });
    const chosen = { itemId: far.id, kind: "blocked_by" as const, to: "R-777", reason: "This one" };
    await addLink(as(olga), { ...chosen, toItemId: elsewhere.id });
    expect((await shown(far)).blockers).toMatchObject([{ itemId: elsewhere.id }]);
    expect(await refusalOf(addLink(as(olga), { ...chosen, toItemId: row.id }))).toMatchObject({
      reason: "not_found",
    });
  });

  it("is not made by an auditor", async () => {
    const auditor = await world.person("Ann", "auditor");
    const row = await file();
    const wanted = { itemId: row.id, kind: "blocked_by" as const, to: "R-1", toItemId: null, reason: "x" };
    expect(await refusalOf(addLink(as(auditor), wanted))).toMatchObject({ reason: "role_missing" });
  });
});
