import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inThePast, makeAuthority, type TestAuthority } from "#server/testing/tls-authority.ts";
import { readTrustAnchor } from "./trust-anchor.ts";

const from = new Date("2026-01-01T00:00:00Z");
const to = new Date("2027-01-01T00:00:00Z");
let dir = "";
let authority: TestAuthority;
let older: TestAuthority;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "anchor-"));
  authority = await makeAuthority("Test CA", { from, to });
  older = await makeAuthority("Older CA", inThePast());
});
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

test.each([
  ["a second before it starts", new Date(from.getTime() - 1_000), "not_yet_valid"],
  ["when it starts", from, "ok"],
  ["when it ends", to, "ok"],
  ["a second after it ends", new Date(to.getTime() + 1_000), "expired"],
])("%s", (_, now, kind) => {
  const anchor = readTrustAnchor(file("ca.crt", authority.pem), now);
  expect(anchor.kind).toBe(kind);
  if ("says" in anchor) expect(anchor.says).toContain(join(dir, "ca.crt"));
});

test("a good file tells subject, fingerprint and end", () => {
  const anchor = readTrustAnchor(file("ca.crt", authority.pem), from);
  expect(anchor).toMatchObject({ kind: "ok", subject: "CN=Test CA", notAfter: to });
  expect(anchor).toHaveProperty("fingerprint256", expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/));
});

test("a bundle is good while one of its certificates is, and keeps all of them", () => {
  const anchor = readTrustAnchor(file("both.crt", `# old\n${older.pem}# new\n${authority.pem}`), to);
  expect(anchor).toMatchObject({ kind: "ok", subject: "CN=Test CA" });
  if (anchor.kind === "ok") expect(anchor.pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
});

test.each([
  ["no file", () => join(dir, "absent.crt"), "missing"],
  ["a directory", () => dir, "unreadable"],
  ["an empty file", () => file("empty.crt", ""), "unreadable"],
  ["not PEM", () => file("text.crt", "hello"), "unreadable"],
  [
    "broken PEM",
    () => file("bad.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
    "unreadable",
  ],
])("%s", (_, path, kind) => {
  const anchor = readTrustAnchor(path(), from);
  expect(anchor.kind).toBe(kind);
  expect(anchor).toHaveProperty("says", expect.stringContaining("No call was made"));
});

test("no path means the authorities that Node trusts", () => {
  expect(readTrustAnchor(null, from)).toEqual({ kind: "public" });
});
