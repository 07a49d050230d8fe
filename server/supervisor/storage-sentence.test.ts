import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { storageSentence } from "./storage-sentence.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-storage-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function failureOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

it("says that the data folder is a file", () => {
  const dataDir = join(folder, "a-file");
  writeFileSync(dataDir, "");
  const error = failureOf(() => mkdirSync(join(dataDir, "logs"), { recursive: true }));
  expect(storageSentence(dataDir, error)?.message).toContain("a part of its path is a file");
});

it("says that the disk is full where a write names no path", () => {
  const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  expect(storageSentence(folder, error)?.message).toContain("the disk is full");
});

it("leaves errors of other files and other kinds alone", () => {
  const elsewhere = failureOf(() => mkdirSync(join(import.meta.filename, "x"), { recursive: true }));
  expect(storageSentence(folder, elsewhere)).toBeNull();
  expect(storageSentence(folder, new TypeError("x"))).toBeNull();
});
