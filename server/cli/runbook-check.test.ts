import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-runbook-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as a person starts it, with nothing of ours in its environment: no database either. */
function check(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    const options = { cwd: folder, env: { NODE_ENV: "production" }, maxBuffer: 64 * 1024 * 1024 } as const;
    const words = [resolve("server/cli/main.ts"), "runbook", "check", ...args];
    execFile(process.execPath, words, options, (error, out, err) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

describe("countersign runbook check", () => {
  it("finds nothing wrong with a shipped runbook", async () => {
    const { code, out } = await check(resolve("runbooks/tenant-onboarding.md"));
    expect(code).toBe(0);
    expect(out).toContain("CHECK onboard-00-preflight on runner, as operator-admin");
    expect(out).toContain("8 stages, 19 blocks");
  });

  it("tells what a printed page has lost, and ends with 1", async () => {
    const page = resolve("server/domain/runbook/foreign/fixtures/printed-page.txt");
    const { code, out } = await check(page);
    expect(code).toBe(1);
    expect(out).toContain("RUN guest-v3-02-network on jumphost, as app cred (net), admin (checks)");
    expect(out).toMatch(/FAIL lost\.value .*printed-page\.txt:32 GUEST is set to nothing/);
    const json = await check(page, "--json");
    expect(json.code).toBe(1);
    const { stages, openItems, pieces, errors } = JSON.parse(json.out);
    expect([stages.length, openItems.length, errors]).toEqual([4, 3, 5]);
    expect(pieces.every(({ role }: { role: string }) => role !== "unplaced")).toBe(true);
  });

  it("fails on warnings only when asked", async () => {
    const text =
      "# T\n\n## Stage 1: a\n\n--- BEGIN block: a (RUN -- h) ---\nls\n--- END block ---\nGATE: ok\n";
    writeFileSync(join(folder, "warned.md"), text);
    expect((await check("warned.md")).code).toBe(0);
    expect((await check("--strict", "warned.md")).code).toBe(1);
  });

  it.each([
    ["no file", []],
    ["a file that is not there", ["nowhere.md"]],
    ["two files", ["a.md", "b.md"]],
    ["an option that it does not have", ["--fix", "a.md"]],
  ])("ends with 2 for %s", async (_what, args) => {
    expect((await check(...args)).code).toBe(2);
  });

  it("ends with 1 for what is no text, what is empty and what is no runbook", async () => {
    writeFileSync(join(folder, "bytes.md"), new Uint8Array([0x23, 0x20, 0xff, 0xfe, 0x0a]));
    writeFileSync(join(folder, "letter.md"), "# Dear all\n\nNothing to run here.\n");
    writeFileSync(join(folder, "empty.md"), "");
    for (const name of ["bytes.md", "letter.md", "empty.md"]) expect((await check(name)).code, name).toBe(1);
  });

  it("prints nothing that a terminal would obey", async () => {
    writeFileSync(
      join(folder, "evil.md"),
      "# T\n\n--- BEGIN block: a\u001b[2J (RUN -- h\u001b]0;x\u0007, x) ---\nls\n--- END block ---\n",
    );
    const { out, err } = await check("evil.md");
    expect(`${out}${err}`).not.toContain("\u001b");
  });
});
