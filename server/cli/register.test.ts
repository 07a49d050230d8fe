import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFixture } from "#server/testing/register-fixtures.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-registers-"));
  cpSync(resolve("server/domain/register/fixtures"), join(folder, "docs"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as a person starts it, with nothing of ours in its environment. */
function countersign(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    const options = { cwd: folder, env: { NODE_ENV: "production" }, maxBuffer: 64 * 1024 * 1024 } as const;
    execFile(process.execPath, [resolve("server/cli/main.ts"), ...args], options, (error, out, err) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

describe("countersign, on registers", () => {
  it("shows an import as JSON and touches nothing", async () => {
    const { code, out, err } = await countersign("import", "--dry-run", "--json", "docs/handoff.md");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { items, unplaced, diagnostics } = JSON.parse(out);
    expect([items.length, unplaced, diagnostics]).toEqual([17, [], []]);
    expect(items[0]).toMatchObject({ id: "H-1", kind: "H", refs: ["DOCFIX-112"], section: 0 });
    expect(readdirSync(folder)).toEqual(["docs"]);
  });

  it("writes the items of an import back", async () => {
    const { out } = await countersign("import", "docs/handoff.md", "--dry-run", "--json");
    writeFileSync(join(folder, "items.json"), out);
    const written = await countersign("export", "--json", "items.json");
    expect(written.code).toBe(0);
    expect(written.out.split(/\s+/)).toEqual(readFixture("handoff.md").split(/\s+/));
  });

  it("tells a person what is in it, without what a terminal would obey", async () => {
    writeFileSync(
      join(folder, "evil.md"),
      "# Handoff\n\n## 1. x\n\nH-1 -- \u001b[2Jgone\n\nstray \u001b]0;x\u0007\n\nH-2 -- b\n  c\n",
    );
    const { code, out, err } = await countersign("import", "--dry-run", "evil.md");
    expect(code).toBe(0);
    expect(out).toContain("H-1 -- ?[2Jgone");
    expect(`${out}${err}`).not.toContain("\u001b");
  });

  it("prints the next free number", async () => {
    expect(await countersign("next", "D", "docs")).toMatchObject({ code: 0, out: "D-093\n" });
    expect(await countersign("next", "DOCFIX", "docs")).toMatchObject({ code: 0, out: "DOCFIX-112\n" });
  });

  it("lints a folder with an exit code for CI", async () => {
    const good = await countersign("lint", "docs");
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/17 checks: 0 fail, \d+ WARN/);
    expect((await countersign("lint", "docs", "--strict")).code).toBe(1);
    writeFileSync(join(folder, "docs/more.md"), "## D-012: Something else\n\n**Status:** ADOPTED\n");
    const bad = await countersign("lint", "docs", "--json");
    rmSync(join(folder, "docs/more.md"));
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({ errors: 1 });
  });

  it.each([
    [["import", "docs/handoff.md"], "--dry-run"],
    [["import", "--dry-run"], "Name one file"],
    [["import", "--dry-run", "nothing.md"], "cannot be read"],
    [["export", "docs/handoff.md", "--json"], "holds no items"],
    [["export", "docs/handoff.md"], "--json"],
    [["lint"], "Name one folder"],
    [["lint", "nothing"], "cannot be read"],
    [["next", "D"], "Name one series"],
    [["next", "x y", "docs"], "is no series"],
  ])("says how it is called: %j", async (args, says) => {
    const { code, out, err } = await countersign(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(says);
  });
});
