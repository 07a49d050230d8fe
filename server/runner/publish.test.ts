import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { contentHash } from "#server/domain/runbook/hash.ts";
import { readRunbookPage } from "#server/services/runbook/read.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import { publishRunbooks } from "./publish.ts";

let bench: Bench;
let folder = "";
let shipped = "";
const SLUG = "cloud-preflight";

beforeAll(async () => {
  bench = await openBench();
  folder = await mkdtemp(join(tmpdir(), "countersign-shipped-"));
  shipped = await readFile(resolve("runbooks/cloud-preflight.md"), "utf8");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await bench.close();
});

const db = () => bench.database.db;
const ship = async (source: string) => {
  await writeFile(join(folder, "one.md"), source);
  await publishRunbooks(bench.parts, folder);
};
const hashes = async () =>
  (
    await db()
      .select()
      .from(runbookVersion)
      .where(eq(runbookVersion.slug, SLUG))
      .orderBy(asc(runbookVersion.publishedAt))
  ).map((row) => row.contentHash);
const page = () =>
  readRunbookPage({ db: db(), actor: bench.operator, clock: bench.parts.now }, { slug: SLUG });
const noted = async () =>
  (await db().select().from(auditEntry).where(eq(auditEntry.action, "runbook.kept_back"))).length;

it("a changed text is published over what was shipped, and kept beside what people published", async () => {
  const second = shipped.replace("nothing that it can", "nothing").replace("This runbook reads", "It reads");
  await ship(second);
  expect(await hashes()).toEqual([contentHash(shipped), contentHash(second)]);
  expect((await page()).keptBack).toBeNull();

  const own = shipped.replace("This runbook reads", "Our runbook reads");
  const { runbook } = parseRunbook(own, CATALOGUE);
  await db()
    .insert(runbookVersion)
    .values({
      id: randomUUID(),
      slug: SLUG,
      contentHash: contentHash(own),
      title: runbook?.title ?? "",
      source: own,
      publishedBy: bench.operator.personId,
      publishedAt: bench.parts.now(),
    });
  const third = shipped.replace("This runbook reads", "A later one reads");
  await ship(third);
  await ship(third);
  expect(await hashes()).toEqual([contentHash(shipped), contentHash(second), contentHash(own)]);
  expect((await page()).keptBack?.source).toBe(third);
  expect(await noted()).toBe(1);
  // An older text that is a version already is not brought to the front either.
  await ship(second);
  expect((await hashes()).at(-1)).toBe(contentHash(own));
});
