import { randomBytes } from "node:crypto";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Canary } from "./canary.ts";
import { expect, test } from "./fixtures.ts";

/** A secret of this story alone, planted in one place in one spelling. */
const planted = () => `planted-${randomBytes(12).toString("base64url")}+/'"&`;

const SPELLINGS: readonly (readonly [string, (value: string) => string])[] = [
  ["as it is", (value) => value],
  ["in JSON", (value) => JSON.stringify({ value })],
  ["in base64", (value) => Buffer.from(value).toString("base64")],
  ["in base64 behind another byte", (value) => Buffer.from(`x${value}`).toString("base64")],
  ["in base64url behind two", (value) => Buffer.from(`xy${value}`).toString("base64url")],
  ["in hex", (value) => Buffer.from(value).toString("hex")],
  ["in an address", (value) => `https://example.org/?q=${encodeURIComponent(value)}`],
];

test("a secret that is planted is found wherever and however it stands, and is told by name alone", async ({
  running,
  sql,
}) => {
  const canary = new Canary(running);
  const log = join(running.dataDir, "logs/canary.log");
  const values = SPELLINGS.map(([name, spell]) => ({ name, spell, value: planted() }));
  const inTable = planted();
  try {
    for (const { name, spell, value } of values) {
      canary.remember(`planted ${name}`, value);
      appendFileSync(log, `line ${spell(value)} ends\n`);
    }
    canary.remember("planted in a table", inTable);
    await sql`create table canary_plant (bytes bytea)`;
    await sql`insert into canary_plant values (${Buffer.from(inTable)})`;
    const found = await canary.search(sql);
    for (const { name } of values) {
      expect(found).toContainEqual({ place: "data folder: logs/canary.log", secret: `planted ${name}` });
    }
    expect(found).toContainEqual({
      place: "what it left: table-canary_plant",
      secret: "planted in a table",
    });
    for (const { value } of values) expect(JSON.stringify(found)).not.toContain(value);
    expect(found.filter(({ secret }) => !secret.startsWith("planted"))).toEqual([]);
  } finally {
    rmSync(log, { force: true });
    await sql`drop table canary_plant`;
  }
});

test("a secret in the page's answers and in a process list is found", async ({
  running,
  sql,
  page,
  cast,
}) => {
  const canary = new Canary(running);
  canary.listen(page);
  await page.goto("/sign-in");
  await page.waitForLoadState("networkidle");
  // What every sign-in page says, and what every console is started with.
  canary.remember("words of the page", "Nothing changes the cloud until");
  canary.remember("what it is started with", cast.origin);
  canary.remember("the data folder", running.dataDir);
  const found = await canary.search(sql);
  expect(found).toContainEqual({ place: "what it left: answer-GET-_sign-in", secret: "words of the page" });
  expect(found).toContainEqual({ place: "what it left: environ", secret: "what it is started with" });
  expect(found).toContainEqual({ place: "what it left: cmdline", secret: "the data folder" });
});
