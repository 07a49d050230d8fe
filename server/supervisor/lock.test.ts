import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockDataDir } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, "supervisor.lock");

it("keeps a second one out until the first gives it back", () => {
  const release = lockDataDir(folder);
  expect(() => lockDataDir(folder)).toThrow(`already runs on ${folder} (process ${process.pid})`);
  release();
  expect(readdirSync(folder)).toEqual([]);
  lockDataDir(folder)();
});

it.each([
  ["a process that ended", () => JSON.stringify({ pid: deadPid(), startedAt: "1" })],
  ["a process id that another process has now", () => JSON.stringify({ pid: process.pid, startedAt: "1" })],
  ["something that is not a lock", () => "{ half"],
])("takes the lock over from %s", (_what, content) => {
  writeFileSync(file(), content());
  const release = lockDataDir(folder);
  expect(() => lockDataDir(folder)).toThrow(/already runs/);
  release();
  expect(readdirSync(folder)).toEqual([]);
});

it("gives back only its own lock", () => {
  const release = lockDataDir(folder);
  writeFileSync(file(), JSON.stringify({ pid: 1, startedAt: "another" }));
  release();
  expect(existsSync(file())).toBe(true);
});

function deadPid(): number {
  return spawnSync("true").pid;
}
