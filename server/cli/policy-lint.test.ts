import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const folder = resolve("server/sandbox/identity/policy");

function policy(input: string, ...args: string[]) {
  const words = [resolve("server/cli/main.ts"), "policy", ...args];
  const options = { input, encoding: "utf8", env: { NODE_ENV: "production" } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, words, options);
  return { code: status, out: stdout, err: stderr };
}

describe("countersign policy lint", () => {
  it("takes a shipped override over the policy it is made for", () => {
    const { code, out } = policy(
      "",
      "lint",
      `${folder}/domain-manager.yaml`,
      "--live",
      `${folder}/base.yaml`,
    );
    expect(code).toBe(0);
    expect(out).toContain("67 rules: 0 fail, ");
  });

  it("fails with line and column, and prints nothing that a terminal would obey", () => {
    const { code, out } = policy('"a": "role:x or \\e[2Jnocolon"\n', "lint", "-", "--json");
    expect(code).toBe(1);
    const report: { findings: { line: number; column: number; code: string }[]; errors: number } =
      JSON.parse(out);
    expect(report.errors).toBe(report.findings.length);
    const plain = policy('"a": "role:x or nocolon"\n', "lint", "-");
    expect(plain.out).toContain("FAIL no_colon -:1:17 a: ");
    expect(`${plain.out}${policy('"a\u001b[2J": "x"', "lint", "-").out}`).not.toContain("\u001b");
  });

  it("simulates and compares an override: 0 where every case holds, 1 where it changes the policy", () => {
    const args = [`${folder}/domain-manager.yaml`, "--live", `${folder}/base.yaml`];
    const matrix = policy("", "matrix", ...args);
    expect(matrix.code).toBe(0);
    expect(matrix.out).toContain("cases hold");
    expect(policy("", "matrix", "-", "--live", `${folder}/base.yaml`).code).toBe(1);
    const diff = policy("", "diff", ...args, "--json");
    expect(diff.code).toBe(1);
    const { personas }: { personas: { persona: string }[] } = JSON.parse(diff.out);
    expect(personas.map(({ persona }) => persona)).toEqual(["domain-manager", "domain-admin"]);
  });

  it.each([
    ["no file", ["lint"]],
    ["a set that is none", ["matrix", "-", "--set", resolve("package.json")]],
    ["a file that is not there", ["lint", "nowhere.yaml"]],
    ["a release that nobody knows", ["lint", "-", "--keystone", "grizzly"]],
    [
      "a live policy that is no YAML",
      ["lint", "-", "--live", resolve("package-lock.json").replace("lock", "none")],
    ],
  ])("ends with 2 for %s", (_what, args) => {
    const { code, out } = policy("", ...args);
    expect([code, out]).toEqual([2, ""]);
  });
});
