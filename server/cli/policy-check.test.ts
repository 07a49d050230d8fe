import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

/** The command as a script calls it, with nothing of ours in its environment. */
function check(input: string | Uint8Array, ...args: string[]) {
  const words = [resolve("server/cli/main.ts"), "policy", "check", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    input,
    env: { NODE_ENV: "production" },
  });
  return { code: status, out: stdout.toString(), err: stderr.toString() };
}

const question = { rules: { r: "role:admin or rule:own", own: "user_id:%(user_id)s" }, rule: "r", creds: { user_id: "u1", roles: [] }, target: { user_id: "u1" } }; // prettier-ignore

describe("countersign policy check --json", () => {
  it("answers one question with four fields and nothing else", () => {
    const { code, out, err } = check(JSON.stringify(question), "--json");
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual({
      expect: "allow",
      ours: "allow",
      branch: "r > own > user_id:%(user_id)s",
      errors: [],
    });
    expect(out.split("\n")).toHaveLength(2);
  });

  it("answers a list with a list, keeps the two answers apart and reads numbers as Python does", () => {
    const rules = [
      { r: "not nocolon" },
      { r: 5 },
      { r: "a:%(x)s" },
      { r: "class:x" },
      { r: "b:%(y)s" },
      { other: "@" },
    ];
    const text = `[${rules.map((each) => `{"rules":${JSON.stringify(each)},"rule":"r","creds":{"a":1.0,"b":12345678901234567890},"target":{"x":"1.0","y":12345678901234567890}}`).join()}]`; // prettier-ignore
    const { code, out } = check(text, "--json");
    expect(code).toBe(0);
    const answers: { expect: string; ours: string; errors: unknown[] }[] = JSON.parse(out);
    expect(answers.map((answer) => [answer.expect, answer.ours, answer.errors.length > 0])).toEqual([
      ["allow", "deny", true],
      ["parse-exception", "deny", true],
      ["allow", "allow", false],
      ["exception", "deny", true],
      ["allow", "allow", false],
      ["deny", "deny", false],
    ]);
  });

  it.each([
    ["the field", '{"rules":{},"rule":1,"creds":{},"target":{}}', "rule: has to be"],
    ["the line", '{"rules": {},\n"rule": "r" "creds": {}}', "line 2, column"],
    ["that it is no text", new Uint8Array([0x7b, 0xff, 0x7d]), "no UTF-8"],
  ])("names %s on standard error and leaves standard output empty", (_what, input, says) => {
    const { code, out, err } = check(input, "--json");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(says);
  });

  it("prints nothing that a terminal would obey", () => {
    const { code, out } = check(JSON.stringify({ ...question, rules: { r: "a\u001b[2J:b" } }));
    expect(code).toBe(0);
    expect(out).toContain("the cloud: ");
    expect(out).not.toContain("\u001b");
  });
});
