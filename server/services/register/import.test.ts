import { and, asc, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { item, itemEvent, registerDocument, registerDocumentVersion } from "#db/schema/register.ts";
import { seriesMark, seriesNumber, seriesNumberEvent } from "#db/schema/series.ts";
import { writePatch } from "#server/domain/register/source/patch.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { bytesOf, openRegisterWorld, type RegisterWorld } from "#server/testing/registers.ts";
import { changeItem, lockItem } from "../item/change-item.ts";
import { takeNumber } from "../number/take.ts";
import { commitImport } from "./commit.ts";
import { exportText } from "./export.ts";
import { previewImport } from "./preview.ts";

let world: RegisterWorld;
let operator: PersonActor;
let manager: PersonActor;

beforeAll(async () => {
  world = await openRegisterWorld();
  operator = await world.person("Olga Operator", "operator");
  manager = await world.person("Mara Manager", "manager");
});
afterAll(() => world.close());

const handoff = (...items: string[]) => `# Handoff\n\n## 1. All\n\n${items.join("\n\n")}\n`;

async function itemsOf(path: string) {
  return world.db
    .select({ item })
    .from(item)
    .innerJoin(registerDocument, eq(registerDocument.id, item.documentId))
    .where(and(eq(registerDocument.path, path), isNull(item.removedAt)))
    .orderBy(asc(item.position))
    .then((rows) => rows.map((row) => row.item));
}
const titlesOf = async (path: string) => (await itemsOf(path)).map(({ code, title }) => `${code} ${title}`);

async function edit(path: string, code: string, title: string): Promise<void> {
  const row = (await itemsOf(path)).find((one) => one.code === code);
  if (row?.content.kind !== "item") throw new Error(`no ${code}`);
  const content = { kind: "item", item: { ...row.content.item, title } } as const;
  await world.db.transaction(async (tx) =>
    changeItem(tx, await lockItem(tx, row.id), {
      act: "edited",
      set: { content },
      seen: row.revision,
      personId: manager.personId,
      at: world.clock(),
    }),
  );
}

/** Everything that an import could have left behind. */
async function counts() {
  const tables = [
    registerDocument,
    registerDocumentVersion,
    item,
    itemEvent,
    seriesNumber,
    seriesNumberEvent,
    seriesMark,
  ];
  return Promise.all(tables.map((table) => world.db.$count(table)));
}

describe("an import", () => {
  it("shows what it would take over and changes nothing", async () => {
    const before = await counts();
    const view = await previewImport(world.ctx(operator), {
      bytes: bytesOf(`${readFixture("handoff.md")}\nlost words\n`),
      path: "docs/shown.md",
    });
    const [document] = view.documents;
    expect(document).toMatchObject({ kind: "handoff", known: null, obstacle: null, changes: [] });
    expect(document?.records.length).toBe(17);
    expect(document?.records[0]).toMatchObject({ code: "H-1", refs: ["DOCFIX-112"], state: "open" });
    expect(document?.records[0]?.fields.map(({ name }) => name)).toContain("title");
    expect(document?.unplaced).toEqual([{ line: 114, text: "lost words" }]);
    expect(await counts()).toEqual(before);
  });

  it("takes over a document with its items, numbers and text, and is on record", async () => {
    const text = readFixture("design-decisions.md");
    const { documents } = await world.bring(operator, { path: "docs/decisions.md", text });
    expect(documents).toMatchObject([{ inserted: 4, updated: 0, removed: 0, version: 1, contended: 0 }]);
    expect((await itemsOf("docs/decisions.md")).map(({ code, state }) => `${code} ${state}`)).toEqual([
      "D-012 adopted",
      "D-081 adopted",
      "D-087 proposed",
      "D-090 adopted",
    ]);
    const [version] = await world.db.select().from(registerDocumentVersion);
    expect(version?.text).toBe(text);
    const numbers = await world.db
      .select()
      .from(seriesNumber)
      .where(eq(seriesNumber.holder, "docs/decisions.md"));
    expect(numbers.map(({ series, number, state }) => `${series}-${number} ${state}`)).toContain(
      "D-90 assigned",
    );
    const [entry] = await world.db.select().from(auditEntry).where(eq(auditEntry.action, "register.import"));
    expect(entry).toMatchObject({
      outcome: "done",
      objectKind: "document",
      objectId: documents[0]?.documentId,
    });
  });

  it("takes over a patch under the paths that it names", async () => {
    const { documents } = await world.bring(operator, {
      path: "some.patch",
      text: writePatch("docs/patched.md", handoff("H-1 -- a")),
    });
    expect(documents.map(({ path }) => path)).toEqual(["docs/patched.md"]);
    expect(await titlesOf("docs/patched.md")).toEqual(["H-1 a"]);
  });

  it("of a part of a file adds what is new in it, and changes nothing else", async () => {
    const hunk = (lines: string) =>
      `--- a/docs/part.md\n+++ b/docs/part.md\n@@ -90,1 +90,9 @@\n ---\n${lines}`;
    const decision = (id: string, title: string) => `+\n+## ${id}: ${title}\n+\n+**Status:** ADOPTED\n`;
    const first = hunk(decision("D-500", "one"));
    expect(await world.bring(operator, { path: "x.patch", text: first })).toMatchObject({
      documents: [{ path: "docs/part.md", inserted: 1, version: 0 }],
    });
    const second = hunk(decision("D-500", "cut off") + decision("D-501", "two"));
    expect(await world.bring(operator, { path: "x.patch", text: second })).toMatchObject({
      documents: [{ inserted: 1, updated: 0, removed: 0 }],
    });
    expect(await titlesOf("docs/part.md")).toEqual(["D-500 one", "D-501 two"]);
    const [row] = await world.db
      .select()
      .from(registerDocument)
      .where(eq(registerDocument.path, "docs/part.md"));
    const { text } = await exportText(world.ctx(operator), { documentId: row?.id ?? "" });
    expect(text).toContain("## D-500: one\n\n**Status:** ADOPTED\n\n---\n\n## D-501: two");
    const act = world.bring(operator, { path: "x.patch", text: second });
    expect((await refusalOf(act)).reason).toBe("not_exact");
  });

  it("of what is not understood keeps the text and says so", async () => {
    const text = "# Something\n\nelse\n";
    const view = await previewImport(world.ctx(operator), { bytes: bytesOf(text), path: "docs/other.md" });
    expect(view.documents[0]).toMatchObject({ kind: "unknown", records: [], counts: { unplaced: 2 } });
    expect(await world.bring(operator, { path: "docs/other.md", text })).toMatchObject({
      documents: [{ kind: "unknown", inserted: 0 }],
    });
  });

  it.each<[string, Uint8Array, string]>([
    [
      "a part of a file that no register has",
      bytesOf("--- a/x.md\n+++ b/x.md\n@@ -10,2 +10,3 @@\n a\n+b\n c\n"),
      "not_exact",
    ],
    ["a NUL character", bytesOf(handoff("H-1 -- a\u0000b")), "obstacle"],
    ["bytes that are no text", new Uint8Array([0x23, 0x20, 0xff, 0xc0, 0x0a]), "not_exact"],
    ["nothing", new Uint8Array(), "obstacle"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x23, 0x00]), "not_exact"],
    ["more than is read", new Uint8Array(17 * 1024 * 1024).fill(0x61), "not_exact"],
  ])("of %s is refused, and nothing is kept", async (name, bytes, reason) => {
    const before = await counts();
    const path = `bad/${name}.md`;
    const { seen } = await previewImport(world.ctx(operator), { bytes, path });
    const act = commitImport(world.ctx(operator), { bytes, path, seen, answers: {} });
    expect((await refusalOf(act)).reason).toBe(reason);
    expect(await counts()).toEqual(before);
  });

  it("belongs to operators and managers", async () => {
    const given = { bytes: bytesOf(handoff("H-1 -- a")), path: "docs/no.md" };
    const { seen } = await previewImport(world.ctx(operator), given);
    for (const role of ["reviewer", "admin", "auditor"] as const) {
      const actor = await world.person(`No ${role}`, role);
      expect((await refusalOf(previewImport(world.ctx(actor), given))).reason).toBe("role_missing");
      const act = commitImport(world.ctx(actor), { ...given, seen, answers: {} });
      expect((await refusalOf(act)).reason).toBe("role_missing");
    }
    expect(await titlesOf("docs/no.md")).toEqual([]);
  });

  it("of another text than was looked at is refused", async () => {
    const path = "docs/unseen.md";
    const { seen } = await previewImport(world.ctx(operator), { bytes: bytesOf(handoff("H-1 -- a")), path });
    const act = commitImport(world.ctx(operator), {
      bytes: bytesOf(handoff("H-1 -- b")),
      path,
      seen,
      answers: {},
    });
    expect(await refusalOf(act)).toEqual({ code: "conflict", reason: "seen_other" });
    expect(await titlesOf(path)).toEqual([]);
  });
});

describe("a document that comes again", () => {
  it("unchanged changes nothing", async () => {
    const given = { path: "docs/again.md", text: readFixture("handoff.md") };
    await world.bring(operator, given);
    const before = await counts();
    expect(await world.bring(operator, given)).toMatchObject({
      documents: [{ inserted: 0, updated: 0, removed: 0, version: 1 }],
    });
    expect(await counts()).toEqual(before);
  });

  it("changes what it changed, keeps what was edited here, and asks about the rest", async () => {
    const path = "docs/three.md";
    await world.bring(operator, { path, text: handoff("H-1 -- a", "H-2 -- b", "H-3 -- c", "H-4 -- d") });
    await edit(path, "H-2", "b2");
    await edit(path, "H-3", "c2");
    const text = handoff("H-5 -- e", "H-1 -- a1", "H-2 -- b", "H-3 -- c1");
    const view = await previewImport(world.ctx(operator), { bytes: bytesOf(text), path });
    expect(view.documents[0]?.changes.map(({ code, change, side }) => `${code} ${change} ${side}`)).toEqual([
      "H-5 added theirs",
      "H-1 changed theirs",
      "H-2 changed ours",
      "H-3 changed conflict",
      "H-4 removed theirs",
    ]);
    const before = await counts();
    const act = world.bring(operator, { path, text });
    expect(await refusalOf(act)).toEqual({ code: "conflict", reason: "unanswered" });
    expect(await counts()).toEqual(before);
    const answers = { records: { "H-3": { title: "ours" }, "H-4": "theirs" } } as const;
    expect(await world.bring(operator, { path, text, answers })).toMatchObject({
      documents: [{ inserted: 1, updated: 1, removed: 1, version: 2 }],
    });
    expect(await titlesOf(path)).toEqual(["H-5 e", "H-1 a1", "H-2 b2", "H-3 c2"]);
    const [first] = (await itemsOf(path)).filter(({ code }) => code === "H-1");
    expect(first?.revision).toBe(2);
    // What was kept is now ours only, and asked about no more.
    expect(await world.bring(operator, { path, text })).toMatchObject({ documents: [{ updated: 0 }] });
  });

  it("as something else is refused", async () => {
    await world.bring(operator, { path: "docs/kind.md", text: handoff("H-1 -- a") });
    const act = world.bring(operator, { path: "docs/kind.md", text: readFixture("security-ledger.md") });
    expect((await refusalOf(act)).reason).toBe("obstacle");
  });

  it("is refused when the register changed after the look", async () => {
    const path = "docs/moved.md";
    await world.bring(operator, { path, text: handoff("H-1 -- a") });
    const bytes = bytesOf(handoff("H-1 -- x"));
    const { seen } = await previewImport(world.ctx(operator), { bytes, path });
    await edit(path, "H-1", "y");
    const act = commitImport(world.ctx(operator), { bytes, path, seen, answers: {} });
    expect((await refusalOf(act)).reason).toBe("seen_other");
    expect(await titlesOf(path)).toEqual(["H-1 y"]);
  });

  it("from several people at once is taken over once, and the others are told", async () => {
    const others = [connect(world.database.appUrl), connect(world.database.appUrl)];
    for (let round = 0; round < 3; round += 1) {
      const path = `docs/race-${round}.md`;
      const given = [operator, manager, operator, manager].map((actor, at) => ({
        actor,
        db: others[at % 2]?.db,
        bytes: bytesOf(handoff(`H-1 -- by ${at}`)),
      }));
      const looked = await Promise.all(
        given.map(({ actor, bytes }) => previewImport(world.ctx(actor), { bytes, path })),
      );
      const results = await Promise.allSettled(
        given.map(({ actor, db, bytes }, at) =>
          commitImport(world.ctx(actor, db), { bytes, path, seen: looked[at]?.seen ?? "", answers: {} }),
        ),
      );
      expect(tally(results)).toEqual({ done: 1, refused: ["seen_other", "seen_other", "seen_other"] });
      expect(await titlesOf(path)).toHaveLength(1);
    }
    await Promise.all(others.map((other) => other.close()));
  });
});

describe("numbers of a document", () => {
  const change = (id: string) =>
    `# Changes\n\n## Block 1 -- a\n\n### 1. ${id} -- title\nFILE: x\nWHY: y\nREVERT: z\n`;

  it("that somebody else holds are named before and after, and stay his", async () => {
    const { ids } = await takeNumber(world.ctx(manager), {
      series: "ZFIX",
      state: "reserved",
      purpose: "the new bundle",
      number: null,
      count: 1,
    });
    expect(ids).toEqual(["ZFIX-001"]);
    const text = change("ZFIX-001");
    const view = await previewImport(world.ctx(operator), { bytes: bytesOf(text), path: "docs/c1.md" });
    expect(view.documents[0]?.taken).toEqual([
      {
        id: "ZFIX-001",
        line: 5,
        holder: "Mara Manager",
        says: expect.stringContaining("ZFIX-001 is reserved by Mara Manager for the new bundle."),
      },
    ]);
    expect(await world.bring(operator, { path: "docs/c1.md", text })).toMatchObject({
      documents: [{ contended: 1 }],
    });
    const [row] = await world.db.select().from(seriesNumber).where(eq(seriesNumber.series, "ZFIX"));
    expect(row).toMatchObject({ state: "reserved", holder: "Mara Manager" });
    const events = await world.db
      .select()
      .from(seriesNumberEvent)
      .where(eq(seriesNumberEvent.series, "ZFIX"));
    expect(events.map(({ act }) => act)).toEqual(["reserved", "contended"]);
    expect(events[1]?.says).toContain("Olga Operator imported it and gave way.");
  });

  it("that the importer reserved are assigned by his document", async () => {
    const { ids } = await takeNumber(world.ctx(operator), {
      series: "DOCFIX",
      state: "reserved",
      purpose: "mine",
      number: 700,
      count: 1,
    });
    await world.bring(operator, { path: "docs/c2.md", text: change(ids[0] ?? "") });
    const [row] = await world.db
      .select()
      .from(seriesNumber)
      .where(and(eq(seriesNumber.series, "DOCFIX"), eq(seriesNumber.number, 700)));
    expect(row).toMatchObject({ state: "assigned", holder: "Olga Operator" });
  });

  it("that a document only names are used all the same", async () => {
    await world.bring(operator, { path: "docs/named.md", text: handoff("H-1 -- see KIX-0412") });
    const taken = await takeNumber(world.ctx(operator), {
      series: "KIX",
      state: "reserved",
      purpose: "next",
      number: null,
      count: 2,
    });
    expect(taken.ids).toEqual(["KIX-0413", "KIX-0414"]);
  });
});
