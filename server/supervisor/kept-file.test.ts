import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepSecret, readKept, writeKept } from "./kept-file.ts";
import { keepPeople, readPeople } from "./people-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-kept-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("makes a secret of 32 bytes once and reads the same ever after", () => {
  const made = keepSecret(folder, "seal-key", "base64");
  expect(Buffer.from(made, "base64")).toHaveLength(32);
  expect(keepSecret(folder, "seal-key", "base64")).toBe(made);
  expect(statSync(join(folder, "seal-key")).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["seal-key"]);
});

it("writes 0600 over a file that was open to all", () => {
  const file = join(folder, "people.txt");
  writeKept(file, "a");
  chmodSync(file, 0o644);
  writeKept(file, "b");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it.each([
  ["others may read", (file: string) => chmodSync(file, 0o640)],
  [
    "is a link",
    (file: string) => {
      writeKept(`${file}.real`, "x");
      rmSync(file);
      symlinkSync(`${file}.real`, file);
    },
  ],
])("refuses a secret's file that %s", (_what, change) => {
  const file = join(folder, "seal-key");
  writeKept(file, "x");
  change(file);
  expect(() => readKept(file)).toThrow(/must be a plain file that only its owner can read/);
});

it("keeps the demonstration people with their first passwords", () => {
  expect(readPeople(folder)).toEqual([]);
  const people = [{ email: "a@x.org", name: "Ada the First", roles: ["admin", "reviewer"], password: "p-1" }];
  keepPeople(folder, people);
  expect(readPeople(folder)).toEqual(people);
});
