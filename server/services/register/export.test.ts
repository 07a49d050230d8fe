import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { item, registerDocument } from "#db/schema/register.ts";
import { recordsIn } from "#server/domain/register/records.ts";
import { readPlain } from "#server/domain/register/read.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { openRegisterWorld, type RegisterWorld } from "#server/testing/registers.ts";
import { changeItem, type ItemSet, lockItem } from "../item/change-item.ts";
import { takeNumber } from "../number/take.ts";
import { listSessions } from "../session-index/list.ts";
import { logSession } from "../session-index/log.ts";
import { listDocuments, readDocumentPage } from "./documents.ts";
import { exportHandoff, exportSessionLedger, exportText } from "./export.ts";
import { lintRegisters } from "./lint.ts";

let world: RegisterWorld;
let olga: PersonActor;

beforeAll(async () => {
  world = await openRegisterWorld();
  olga = await world.person("Olga Operator", "operator");
  for (const name of FIXTURES) await world.bring(olga, { path: `docs/${name}`, text: readFixture(name) });
});
afterAll(() => world.close());

async function documentId(path: string): Promise<string> {
  const [row] = await world.db.select().from(registerDocument).where(eq(registerDocument.path, path));
  return row?.id ?? "";
}
const textOf = async (path: string) =>
  (await exportText(world.ctx(olga), { documentId: await documentId(path) })).text;

async function change(path: string, code: string, set: ItemSet): Promise<void> {
  const [row] = await world.db
    .select()
    .from(item)
    .where(and(eq(item.documentId, await documentId(path)), eq(item.code, code)));
  if (!row) throw new Error(`no ${code}`);
  await world.db.transaction(async (tx) =>
    changeItem(tx, await lockItem(tx, row.id), {
      act: "edited",
      set,
      seen: row.revision,
      personId: olga.personId,
      at: world.clock(),
    }),
  );
}

describe("a document that was imported", () => {
  it.each(FIXTURES)("%s is given back byte for byte", async (name) => {
    expect(await textOf(`docs/${name}`)).toBe(readFixture(name));
  });

  it("shows what the console changed, and imports back without a question", async () => {
    const path = "docs/security-ledger.md";
    await change(path, "SEC-012", { state: "closed", ownerId: olga.personId });
    const text = await textOf(path);
    expect(text).toContain("CLOSED 2026-09-18");
    const page = await readDocumentPage(world.ctx(olga), {
      documentId: await documentId(path),
      version: null,
    });
    expect(page).toMatchObject({
      isChanged: true,
      compared: { before: readFixture("security-ledger.md"), after: text },
    });
    await world.bring(olga, { path, text });
    expect(await textOf(path)).toBe(text);
    const again = await readDocumentPage(world.ctx(olga), { documentId: page.id, version: null });
    expect(again).toMatchObject({ isChanged: false, versions: [{ number: 2 }, { number: 1 }] });
    expect(await readDocumentPage(world.ctx(olga), { documentId: page.id, version: 2 })).toMatchObject({
      compared: { before: readFixture("security-ledger.md"), after: text },
    });
  });

  it("is listed with its version and records", async () => {
    const { documents, may } = await listDocuments(world.ctx(olga), {});
    expect(documents).toHaveLength(FIXTURES.length);
    expect(documents.find(({ path }) => path === "docs/handoff.md")).toMatchObject({
      kind: "handoff",
      version: 1,
      by: "Olga Operator",
      records: 17,
    });
    expect(may.import.allowed).toBe(true);
  });

  it("that is not there is not found", async () => {
    const id = olga.personId;
    expect((await refusalOf(exportText(world.ctx(olga), { documentId: id }))).code).toBe("not_found");
    expect((await refusalOf(readDocumentPage(world.ctx(olga), { documentId: id, version: null }))).code).toBe(
      "not_found",
    );
  });
});

describe("the handoff of what is open", () => {
  it("has every open item and none that is done, and imports back as itself", async () => {
    await change("docs/handoff.md", "H-1", { state: "done" });
    const { text, path } = await exportHandoff(world.ctx(olga), {});
    expect(path).toBe("handoff-2026-09-18.md");
    const records = recordsIn(readPlain(text, path));
    expect(records).toHaveLength(16);
    expect(records.map(({ code }) => code)).not.toContain("H-1");
    const { ids } = await takeNumber(world.ctx(olga), {
      series: "D",
      state: "reserved",
      purpose: "x",
      number: null,
      count: 1,
    });
    expect(text).toContain(`, ${ids[0]}, `);
    const other = await openRegisterWorld();
    const person = await other.person("Another", "operator");
    await other.bring(person, { path: "docs/handoff.md", text });
    const again = await exportHandoff(other.ctx(person), {});
    const items = (one: string) =>
      recordsIn(readPlain(one, path)).map(({ content, state }) => ({ content, state }));
    expect(items(again.text)).toEqual(items(text));
    await other.close();
  });
});

describe("the lint of the registers", () => {
  it("says the same as the command over the same texts, with known warnings", async () => {
    const before = await lintRegisters(world.ctx(olga), {});
    expect(before.documents).toBe(FIXTURES.length);
    expect(before.checks.reduce((sum, { count }) => sum + count, 0)).toBe(before.errors + before.warnings);
    await world.bring(olga, {
      path: "docs/more.md",
      text: "## D-012: Something else\n\n**Status:** ADOPTED\n\nx\n",
    });
    const after = await lintRegisters(world.ctx(olga), {});
    expect(after.errors).toBeGreaterThan(before.errors);
    const warning = after.findings.find(({ severity }) => severity === "warning");
    if (warning === undefined) throw new Error("no warning to document");
    await world.bring(olga, {
      path: "docs/.countersign-lint",
      text: `${warning.check} ${warning.path} ${warning.subject} -- it stays\n`,
    });
    const known = await lintRegisters(world.ctx(olga), {});
    expect(known.documented).toBe(before.documented + 1);
    expect(known.warnings).toBe(after.warnings - 1);
  });
});

describe("the index of sessions", () => {
  const session = {
    date: "2026-09-18",
    label: "ops-vault-unseal",
    operator: "Olga Operator",
    scope: "unsealed one",
  };
  it("takes an entry once, and gives it back in its document", async () => {
    await logSession(world.ctx(olga), session);
    expect((await refusalOf(logSession(world.ctx(olga), session))).reason).toBe("exists");
    const { sessions } = await listSessions(world.ctx(olga), {});
    expect(sessions[0]).toMatchObject(session);
    const text = await textOf("docs/as-executed-index.md");
    expect(text).toBe(
      `${readFixture("as-executed-index.md").trimEnd()}\n- 2026-09-18 | ops-vault-unseal | Olga Operator | unsealed one\n`,
    );
  });

  it("begins its own document where there is none", async () => {
    const other = await openRegisterWorld();
    const person = await other.person("Olga Operator", "operator");
    await logSession(other.ctx(person), session);
    const [row] = await other.db.select().from(registerDocument);
    expect(row).toMatchObject({ path: "logs/as-executed-index.md", kind: "session_index" });
    const { text } = await exportText(other.ctx(person), { documentId: row?.id ?? "" });
    expect(recordsIn(readPlain(text, "x.md")).map(({ code }) => code)).toEqual(["ops-vault-unseal"]);
    await other.close();
  });

  it.each([
    [{ label: "vault" }],
    [{ label: "phase-4-x" }],
    [{ label: "ops-X" }],
    [{ label: "incident-2026-9-1-x" }],
    [{ date: "2026-02-30" }],
    [{ date: "today" }],
    [{ operator: "" }],
    [{ operator: "a | b" }],
    [{ scope: "two\nlines" }],
    [{ scope: "x".repeat(301) }],
  ])("does not read %j", async (part) => {
    await expect(logSession(world.ctx(olga), { ...session, ...part })).rejects.toMatchObject({
      name: "ZodError",
    });
  });
});

describe("the session ledger", () => {
  const path = "docs/session-ledger.md";
  const lint = async () =>
    (await lintRegisters(world.ctx(olga), {})).findings
      .filter((finding) => finding.path === path)
      .map(({ check, subject }) => `${check} ${subject}`);

  it("has its machine-derived section from the registers, and not a byte of anything else changes", async () => {
    const other = await openRegisterWorld();
    try {
      const person = await other.person("Another", "operator");
      const bring = (name: (typeof FIXTURES)[number]) =>
        other.bring(person, { path: `docs/${name}`, text: readFixture(name) });
      await bring("session-ledger.md");
      const given = async () => {
        const { documents } = await listDocuments(other.ctx(person), {});
        const id = documents.find((one) => one.path === path)?.id ?? "";
        return (await exportText(other.ctx(person), { documentId: id })).text;
      };
      // There is no log and no ledger that would say otherwise.
      expect(await given()).toBe(readFixture("session-ledger.md"));
      await bring("design-decisions.md");
      await bring("security-ledger.md");
      expect(await given()).toBe(readFixture("session-ledger.md"));
      await takeNumber(other.ctx(person), {
        series: "DOCFIX",
        state: "reserved",
        purpose: "x",
        number: 200,
        count: 1,
      });
      expect(await given()).toBe(
        readFixture("session-ledger.md")
          .replace(/^\*As of .*\*$/m, "*As of 2026-09-18, from the console's registers.*")
          .replace("DOCFIX = 112", "DOCFIX = 201"),
      );
    } finally {
      await other.close();
    }
  });

  it("that calls something closed that is open, or leaves something out, is a finding", async () => {
    const before = await textOf(path);
    const narrative = before.slice(0, before.indexOf("## In flight"));
    await change("docs/design-decisions.md", "D-087", { state: "proposed" });
    await world.bring(olga, {
      path,
      text: `${narrative}## In flight\n\nD-087 is CLOSED. SEC-011 waits.\n`,
    });
    await change("docs/security-ledger.md", "SEC-012", { state: "open" });
    expect(await lint()).toEqual(expect.arrayContaining(["L8 D-087", "L9 SEC-012"]));
    expect(await lint()).not.toEqual(expect.arrayContaining([expect.stringContaining("SEC-011")]));
    await change("docs/design-decisions.md", "D-087", { state: "rejected" });
    expect(await lint()).not.toContain("L8 D-087");
    expect(await textOf(path)).toContain("PROPOSED/OPEN decisions: none");
  });

  it("is written by the console where no document is one, and leaves nothing out", async () => {
    const other = await openRegisterWorld();
    try {
      const person = await other.person("Another", "operator");
      for (const name of ["design-decisions.md", "security-ledger.md"] as const)
        await other.bring(person, { path: `docs/${name}`, text: readFixture(name) });
      const { text, path: name } = await exportSessionLedger(other.ctx(person), {});
      expect(name).toBe("session-ledger.md");
      await other.bring(person, { path: "docs/session-ledger.md", text });
      const { findings } = await lintRegisters(other.ctx(person), {});
      expect(findings.filter((one) => one.path === "docs/session-ledger.md")).toEqual([]);
      expect((await exportSessionLedger(other.ctx(person), {})).text).toBe(text);
    } finally {
      await other.close();
    }
  });
});
