import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { registerProse } from "#db/schema/register-prose.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { tally } from "#server/testing/refusal.ts";
import { bytesOf, openRegisterWorld, type RegisterWorld } from "#server/testing/registers.ts";
import { createItem } from "../item/create.ts";
import { listNextFree } from "../number/next-free.ts";
import { readDocumentPage } from "./documents.ts";
import { exportText } from "./export.ts";
import { previewImport } from "./preview.ts";
import { editProse, readProsePart } from "./prose.ts";

let world: RegisterWorld;
let olga: PersonActor;
let mara: PersonActor;

beforeAll(async () => {
  world = await openRegisterWorld();
  olga = await world.person("Olga Operator", "operator");
  mara = await world.person("Mara Manager", "manager");
});
afterAll(() => world.close());

const HANDOFF = readFixture("handoff.md");
const CONVENTIONS = "Conventions for whoever picks this up: the console wins.";

async function bring(path: string, text = HANDOFF): Promise<string> {
  const { documents } = await world.bring(olga, { path, text });
  return documents[0]?.documentId ?? "";
}
const textOf = async (documentId: string) => (await exportText(world.ctx(olga), { documentId })).text;
const partOf = (documentId: string, part: string) => readProsePart(world.ctx(olga), { documentId, part });
async function edit(documentId: string, part: string, words: string) {
  const { seen } = await partOf(documentId, part);
  return editProse(world.ctx(olga), { documentId, part, seen, words, reason: "it changed" });
}

async function refusalOf(act: Promise<unknown>): Promise<DomainError> {
  const error = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof DomainError) return error;
  throw error ?? new Error("It was expected to be refused and was done.");
}

describe("a document's own words", () => {
  it("are edited part by part, given back in their place alone, and on record", async () => {
    const documentId = await bring("docs/own.md");
    const page = await readDocumentPage(world.ctx(olga), { documentId, version: null });
    expect(page.parts.shown.slice(0, 5).map(({ title }) => title)).toEqual([
      "Handoff -- open items register (2026-09-18 session close)",
      "Status snapshot",
      "Numbering",
      "Conventions",
      "1. Immediate (small and well defined; a good first morning)",
    ]);
    await edit(documentId, "conventions", `\n${CONVENTIONS}  \r\n\n`);
    const before = HANDOFF.split("\n");
    const from = before.findIndex((line) => line.startsWith("Conventions"));
    const expected = before.toSpliced(from, 4, `${CONVENTIONS}  `).join("\n");
    expect(await textOf(documentId)).toBe(expected);
    const after = await readDocumentPage(world.ctx(olga), { documentId, version: null });
    expect(after.parts.shown.filter(({ isChanged }) => isChanged).map(({ key }) => key)).toEqual([
      "conventions",
    ]);
    const entries = await world.db.select().from(auditEntry).where(eq(auditEntry.action, "register.edit"));
    expect(entries.at(-1)).toMatchObject({
      outcome: "done",
      objectId: documentId,
      details: { path: "docs/own.md", part: "conventions" },
    });
    expect((await partOf(documentId, "conventions")).history).toMatchObject([
      { by: "Olga Operator", reason: "it changed", words: `${CONVENTIONS}  ` },
    ]);
  });

  it("are saved on the words that were seen, by one of many who try at once", async () => {
    const documentId = await bring("docs/raced.md");
    const { seen, text } = await partOf(documentId, "conventions");
    const tried = await Promise.allSettled(
      Array.from({ length: 8 }, (_, at) => {
        const asked = { documentId, part: "conventions", seen, words: `${text}\nNote ${at}.`, reason: null };
        return editProse(world.ctx(at % 2 === 0 ? olga : mara), asked);
      }),
    );
    expect(tally(tried)).toEqual({ done: 1, refused: Array.from({ length: 7 }, () => "stale_part") });
    expect((await textOf(documentId)).match(/^Note \d\.$/gm)).toHaveLength(1);
  });

  it("that would be a record are refused with their line, and nothing is written", async () => {
    const documentId = await bring("docs/hostile.md");
    const count = await world.db.$count(registerProse);
    const refusal = await refusalOf(edit(documentId, "conventions", `${CONVENTIONS}\n\nH-9 -- grant me`));
    expect(refusal.code).toBe("invalid");
    expect(refusal.details).toMatchObject({ reason: "not_in_form", field: "words", facts: { line: 3 } });
    expect(refusal.message).toMatch(/^Line 3 would be read as H-9.* Nothing was changed/);
    expect((await refusalOf(edit(documentId, "H-99#1", "x"))).details).toMatchObject({ field: "part" });
    expect(await world.db.$count(registerProse)).toBe(count);
    expect(await textOf(documentId)).toBe(HANDOFF);
  });

  it("are not edited by whoever may only read", async () => {
    const documentId = await bring("docs/read.md");
    const { seen, text } = await partOf(documentId, "conventions");
    for (const role of ["auditor", "reviewer"] as const) {
      const who = await world.person(`Read ${role}`, role);
      const asked = { documentId, part: "conventions", seen, words: `${text} more`, reason: null };
      expect((await refusalOf(editProse(world.ctx(who), asked))).code).toBe("forbidden");
    }
  });

  it("that are written back as they came are the document's again", async () => {
    const documentId = await bring("docs/back.md");
    const { text } = await partOf(documentId, "snapshot");
    await edit(documentId, "snapshot", "STATUS SNAPSHOT at handoff: none.");
    await edit(documentId, "snapshot", text);
    expect(await textOf(documentId)).toBe(HANDOFF);
    const page = await readDocumentPage(world.ctx(olga), { documentId, version: null });
    expect(page).toMatchObject({ isChanged: false });
    expect(page.parts.shown.some(({ isChanged }) => isChanged)).toBe(false);
  });

  it("make a number known that they name", async () => {
    const documentId = await bring("docs/numbers.md");
    const { text } = await partOf(documentId, "numbering");
    await edit(documentId, "numbering", text.replace("D-093", "D-140"));
    expect(await listNextFree(world.db)).toContain("D-140");
  });

  it("stand beside items that are entered into the document", async () => {
    const documentId = await bring(
      "docs/both.md",
      "# Handoff\n\n## 1. Immediate\n\nH-801 -- a\n\n## 2. Deferred\n",
    );
    await edit(documentId, "end#1", "## 2. Deferred\n\nBy what brings them back.");
    const item = { kind: "deferred", title: "the second site", trigger: "when there is one" } as const;
    await createItem(world.ctx(olga), {
      documentId,
      item: { ...item, refs: "", body: "", fix: "", accept: [], check: null, ruleOnResult: "" },
      ownerId: null,
      dueOn: null,
    });
    const text = await textOf(documentId);
    expect(text).toContain("## 2. Deferred\n\nBy what brings them back.");
    expect(text).toContain("- the second site: when there is one");
    await world.bring(olga, { path: "docs/both.md", text });
    expect(await textOf(documentId)).toBe(text);
  });
});

describe("a document that comes again after its words were edited", () => {
  const THEIRS = HANDOFF.replace("one by one.", "two by two.");
  const look = async (path: string, text: string) => {
    const { documents } = await previewImport(world.ctx(olga), { bytes: bytesOf(text), path });
    return documents[0]?.changes.map(({ code, side, fields }) => ({ code, side, texts: fields[0] })) ?? [];
  };

  it("as it was given back asks nothing, and says it itself from then on", async () => {
    const documentId = await bring("docs/round.md");
    await edit(documentId, "conventions", CONVENTIONS);
    const text = await textOf(documentId);
    expect(await look("docs/round.md", text)).toMatchObject([{ code: "Conventions", side: "both" }]);
    await world.bring(olga, { path: "docs/round.md", text });
    expect(await textOf(documentId)).toBe(text);
    expect((await partOf(documentId, "conventions")).imported).toBe(CONVENTIONS);
  });

  it("unchanged keeps what the console says", async () => {
    const documentId = await bring("docs/kept.md");
    await edit(documentId, "conventions", CONVENTIONS);
    await world.bring(olga, { path: "docs/kept.md", text: HANDOFF.replace("ALL GREEN", "ALL RED") });
    const text = await textOf(documentId);
    expect(text).toContain(CONVENTIONS);
    expect(text).toContain("ALL RED");
  });

  it("with other words shows the three and asks which hold", async () => {
    const path = "docs/asked.md";
    const documentId = await bring(path);
    await edit(documentId, "conventions", CONVENTIONS);
    const [change] = await look(path, THEIRS);
    expect(change).toMatchObject({ code: "Conventions", side: "conflict", texts: { ours: CONVENTIONS } });
    expect(change?.texts?.theirs).toContain("two by two");
    const refusal = await refusalOf(world.bring(olga, { path, text: THEIRS }));
    expect(refusal.details).toMatchObject({ reason: "unanswered", facts: { codes: ["Conventions"] } });
    const answers = { records: { "prose:conventions": { text: "ours" as const } } };
    await world.bring(olga, { path, text: THEIRS, answers });
    expect(await textOf(documentId)).toContain(CONVENTIONS);
    await world.bring(olga, {
      path,
      text: THEIRS.replace("two by two", "at once"),
      answers: { conflicts: "theirs" },
    });
    expect(await textOf(documentId)).toBe(THEIRS.replace("two by two", "at once"));
  });

  it("without the part cannot have it kept, and says so", async () => {
    const path = "docs/gone.md";
    const documentId = await bring(path);
    await edit(documentId, "conventions", CONVENTIONS);
    const lines = HANDOFF.split("\n");
    const from = lines.findIndex((line) => line.startsWith("Conventions"));
    const text = lines.toSpliced(from, 5).join("\n");
    expect(await look(path, text)).toMatchObject([{ code: "Conventions", side: "conflict" }]);
    const kept = await refusalOf(world.bring(olga, { path, text, answers: { removed: "ours" } }));
    expect(kept.details.reason).toBe("part_gone");
    await world.bring(olga, { path, text, answers: { removed: "theirs" } });
    expect(await textOf(documentId)).toBe(text);
  });

  it("refuses what was written on words that it has not any more", async () => {
    const path = "docs/meanwhile.md";
    const documentId = await bring(path);
    const other = await world.person("Quick Olga", "operator");
    await world.bring(olga, { path, text: THEIRS });
    await edit(documentId, "conventions", CONVENTIONS);
    const { seen, text } = await partOf(documentId, "conventions");
    await world.bring(other, { path, text: HANDOFF, answers: { conflicts: "theirs" } });
    const asked = { documentId, part: "conventions", seen, words: `${text} more`, reason: null };
    expect((await refusalOf(editProse(world.ctx(olga), asked))).details.reason).toBe("stale_part");
  });
});
