import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { desc } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { auditEntry } from "#db/schema/audit.ts";
import { type AuditFilter, NO_FILTER } from "#server/domain/audit/schema.ts";
import { ExportVerifier } from "#server/domain/audit/verify-export.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { deriveInstallationKey } from "#server/runner/heads.ts";
import { LogKeeper } from "#server/runner/log-keeper.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { readAuditEntry } from "./entry.ts";
import { exportAudit, openExport } from "./export.ts";
import { listHeads } from "./heads.ts";
import { listAudit } from "./list.ts";
import { requestHead } from "./request-signing.ts";

const KEY = deriveInstallationKey(randomBytes(32));
let world: JobWorld;
let folder: string;
let keeper: LogKeeper;
let auditor: PersonActor;
let operator: PersonActor;
beforeAll(async () => {
  world = await openJobWorld();
  folder = mkdtempSync(join(tmpdir(), "countersign-export-"));
  keeper = new LogKeeper(
    { db: world.db, key: KEY, now: world.clock },
    {
      databaseAppUrl: world.database.appUrl,
      folder,
      git: null,
      webhook: null,
      acceptRestore: null,
      wait: (ms, signal) => sleep(Math.min(ms, 10), undefined, signal ? { signal } : {}),
    },
  );
  await keeper.start();
  auditor = await world.person("Ann", "auditor");
  operator = await world.person("Olga", "operator");
  await world.request(operator);
});
afterAll(async () => {
  await keeper.stop();
  rmSync(folder, { recursive: true });
  await world.close();
});

const lineSchema = z.object({
  event: z.object({ action: z.string(), actor: z.object({ id: z.string() }) }),
});
const as = (actor: PersonActor) => world.ctx(actor);
const newest = async () =>
  (await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1))[0];

async function exported(filter: Partial<AuditFilter> = {}): Promise<string[]> {
  const asked = await exportAudit(as(auditor), { ...NO_FILTER, ...filter });
  let text = "";
  for await (const part of await openExport(world.db, asked)) text += part;
  return text.split("\n").slice(0, -1);
}

function verdictOf(lines: readonly string[]) {
  const verifier = new ExportVerifier({ heads: [], publicKey: KEY.publicKey });
  for (const line of lines) verifier.line(line);
  return verifier.end();
}

describe("an export", () => {
  it("holds the whole log up to a head over itself, verifies, and is itself an entry", async () => {
    const lines = await exported();
    const verdict = verdictOf(lines);
    const entry = await newest();
    expect(entry).toMatchObject({ action: "audit.export", outcome: "done", actor: { id: auditor.personId } });
    expect(verdict).toMatchObject({
      kind: "whole",
      of: "log",
      count: entry?.seq,
      head: { size: entry?.seq },
    });
    expect(lines).toHaveLength((entry?.seq ?? 0) + 1);
  });

  it.each<
    [string, () => Partial<AuditFilter>, (entry: { action: string; actor: { id: string } }) => boolean]
  >([
    ["a person", () => ({ actor: operator.personId }), ({ actor }) => actor.id === operator.personId],
    ["a group of actions", () => ({ action: "job" }), ({ action }) => action.startsWith("job.")],
    ["an action", () => ({ action: "job.request" }), ({ action }) => action === "job.request"],
    ["nothing that there is", () => ({ object: "nothing" }), () => false],
    ["a kind of object", () => ({ object: "job" }), ({ action }) => action.startsWith("job.")],
    ["an outcome", () => ({ outcome: "denied" }), () => false],
    ["another time", () => ({ to: "2001-01-01" }), () => false],
    ["a day", () => ({ from: "2001-01-01", to: "2101-01-01" }), () => true],
  ])("of what %s selects holds just that, each entry proven", async (_what, filter, isMeant) => {
    const lines = await exported(filter());
    expect(verdictOf(lines)).toMatchObject({ kind: "whole", of: "selection", count: lines.length - 1 });
    const entries = lines.slice(1).map((line) => lineSchema.parse(JSON.parse(line)).event);
    expect(entries.every(isMeant)).toBe(true);
    const all = await world.db.select().from(auditEntry);
    const meant = all.filter(isMeant).length;
    // The export's own entry is by the auditor and comes before its head.
    expect(entries).toHaveLength(meant);
  });

  it("is refused to an operator, and that is an entry", async () => {
    expect(await refusalOf(exportAudit(as(operator), NO_FILTER))).toMatchObject({ code: "forbidden" });
    expect(await newest()).toMatchObject({ action: "audit.export", outcome: "denied" });
    expect(await refusalOf(requestHead(as(operator), {}))).toMatchObject({ code: "forbidden" });
    expect(await refusalOf(listHeads(as(operator), {}))).toMatchObject({ code: "forbidden" });
    expect(await refusalOf(readAuditEntry(as(operator), { seq: 1 }))).toMatchObject({ code: "forbidden" });
  });
});

describe("reading", () => {
  it("is an entry, once for one sitting", async () => {
    world.advance(11 * 60_000);
    const readings = async () =>
      (await world.db.select().from(auditEntry)).filter(
        ({ action, actor }) => action === "audit.read" && actor.id === auditor.personId,
      ).length;
    const before = await readings();
    await listAudit(as(auditor), { filter: NO_FILTER, before: null });
    await listAudit(as(auditor), { filter: { ...NO_FILTER, action: "job" }, before: 5 });
    expect(await readings()).toBe(before + 1);
    world.advance(11 * 60_000);
    await listAudit(as(auditor), { filter: NO_FILTER, before: null });
    expect(await readings()).toBe(before + 2);
  });

  it("goes through pages by number, newest first", async () => {
    const { entries, size, nextBefore } = await listAudit(as(auditor), { filter: NO_FILTER, before: null });
    expect(entries[0]?.seq).toBe(size);
    expect(nextBefore).toBeNull();
    const older = await listAudit(as(auditor), { filter: NO_FILTER, before: 3 });
    expect(older.entries.map(({ seq }) => seq)).toEqual([2, 1]);
  });

  it("shows an entry with its proof once a head over it is signed", async () => {
    world.advance(1);
    await requestHead(as(auditor), {});
    const seq = (await newest())?.seq ?? 0;
    await expect
      .poll(async () => (await readAuditEntry(as(auditor), { seq })).proof, { timeout: 20_000 })
      .not.toBeNull();
    const { proof, canonical, entry } = await readAuditEntry(as(auditor), { seq });
    expect(proof?.head.size).toBeGreaterThanOrEqual(seq);
    expect(canonical).toContain(`"seq":${seq}`);
    expect(entry.hash).toMatch(/^[0-9a-f]{64}$/);
    const { heads, key } = await listHeads(as(auditor), {});
    expect(heads.length).toBeGreaterThan(0);
    expect(key?.publicKey).toBe(KEY.publicKey);
    expect(await refusalOf(readAuditEntry(as(auditor), { seq: 999_999 }))).toMatchObject({
      code: "not_found",
    });
  });
});
