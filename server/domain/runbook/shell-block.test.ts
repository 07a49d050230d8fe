import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../operation/catalogue.ts";
import { parseRunbook } from "./parse.ts";

const HEAD = `---
slug: shell
title: On hosts
cloud: openstack
---

## Stage 0: Hosts

`;
const GATE = `
\`\`\`yaml gate
id: g
assert:
  - { that: steps.s.exit is 0, says: It ended well, advice: Look at it. }
\`\`\`
`;
const parse = (block: string, gate = GATE) =>
  parseRunbook(`${HEAD}\`\`\`yaml block\n${block}\n\`\`\`\n${gate}`, CATALOGUE);
const head = (kind: string) => `id: b\non: jumphost\nas: ops\nkind: ${kind}\nsteps:`;
const says = (block: string) => parse(block).diagnostics.map((one) => one.says);

function blockOf(text: string) {
  const { runbook, diagnostics } = parse(text);
  const [part] = runbook?.stages[0]?.parts ?? [];
  if (part?.kind !== "block") throw new Error(JSON.stringify(diagnostics));
  return part.block;
}

describe("a block on a host", () => {
  it("says where, as whom and what kind; its text stands as it is written", () => {
    const block = blockOf(`${head("run")}
  - id: s
    title: Restart
    run: |
      set -x
      docker ps --format '{{.Names}}'
    env: { BLOCK_TENANT: { word: "{{ tenant.slug }}" }, BLOCK_COUNT: { integer: 3 } }
    secrets: [svc_password]
    take: { up: { matches: "up (\\\\d+)" }, bad: { found: ERROR }, first: { json: 0.name } }
    expect: [exit is 3, up exists, bad is false]
    save: { uptime: up }
    seconds: 20
    effect: mutate
    revert: Stop it again.`);
    expect(block).toMatchObject({
      as: "host-account",
      on: { host: "jumphost", account: "ops", kind: "run" },
    });
    expect(block.steps).toMatchObject([
      {
        operation: "host.run",
        expect: ["exit is 3", "up exists", "bad is false"],
        save: { uptime: "up" },
        with: {
          script: "set -x\ndocker ps --format '{{.Names}}'\n",
          environment: {
            BLOCK_TENANT: { type: "word", value: "{{ tenant.slug }}" },
            BLOCK_COUNT: { type: "integer", value: "3" },
          },
          secrets: ["svc_password"],
          timeSeconds: 20,
          effect: "mutate",
        },
      },
    ]);
  });

  it("expects a good end where nothing else is expected, and destroys where it declares nothing", () => {
    const [step] = blockOf(`${head("run")}\n  - id: s\n    run: "true"`).steps;
    expect(step?.expect).toEqual(["exit is 0"]);
    expect(step?.with).toMatchObject({ effect: "destroy", environment: {}, secrets: [] });
  });

  it("is another block with another host, account, kind or one character of its text", () => {
    const text = `${head("run")}\n  - id: s\n    run: echo a`;
    const hashes = [
      text,
      text.replace("jumphost", "other"),
      text.replace("ops", "root"),
      text.replace("echo a", "echo b"),
    ].map((one) => blockOf(one).hash);
    expect(new Set(hashes).size).toBe(4);
  });

  it.each([
    "{{ inputs.cidr }}",
    "{{tenant.slug}}",
    "{{ saved.x }}",
    "{{other.id}}",
    "{{secret:svc_password}}",
    "{{ name }}",
  ])("refuses %s in its text, with its line", (template) => {
    const { runbook, diagnostics } = parse(
      `${head("run")}\n  - id: s\n    run: |\n      true\n      echo "${template}"`,
    );
    expect(runbook).toBeNull();
    expect(diagnostics).toMatchObject([
      { line: 18, says: expect.stringContaining("not filled into the text") },
    ]);
  });

  it.each([
    ["a text that is folded", "- id: s\n    run: >\n      a\n      b", "its lines would be joined"],
    ["no text", "- id: s\n    title: x", 'needs the key "run"'],
    ["an empty text", '- id: s\n    run: "  "', '"run" is a text'],
    ["an operation", "- id: s\n    run: a\n    op: identity.domain.ensure", 'has no key "op"'],
    ["a value without a type", "- id: s\n    run: a\n    env: { BLOCK_A: word }", "needs one type"],
    ["a type that nobody knows", "- id: s\n    run: a\n    env: { BLOCK_A: { shell: x } }", "needs one type"],
    ["two types", "- id: s\n    run: a\n    env: { BLOCK_A: { word: x, cidr: y } }", "needs one type"],
    [
      "a name that changes what runs",
      "- id: s\n    run: a\n    env: { LD_PRELOAD: { word: x } }",
      "A name is BLOCK_ or OS_",
    ],
    [
      "an input that is not there",
      '- id: s\n    run: a\n    env: { BLOCK_A: { word: "{{ inputs.no }}" } }',
      'declares no input "no"',
    ],
    ["a secret that nobody knows", "- id: s\n    run: a\n    secrets: [root_password]", "is no sealed value"],
    [
      "a pattern that cannot be read",
      '- id: s\n    run: a\n    take: { x: { matches: "(" } }',
      "x is taken by",
    ],
    ["a value named as its exit", "- id: s\n    run: a\n    take: { exit: { found: x } }", "and not exit"],
    [
      "an expectation of what is not taken",
      "- id: s\n    run: a\n    expect: [nothing is 1]",
      'has no value "nothing"',
    ],
    ["a day", "- id: s\n    run: a\n    seconds: 86400", "1 to 3600 seconds"],
    ["no tries", "- id: s\n    run: a\n    retry: 0", "from 1 to 5"],
    ["tries in words", "- id: s\n    run: a\n    retry: often", "from 1 to 5"],
    ["half a try", "- id: s\n    run: a\n    retry: 1.5", "from 1 to 5"],
    ["an effect that reads", "- id: s\n    run: a\n    effect: read", "is no effect of a run"],
  ])("refuses %s", (_what, step, sentence) => {
    expect(says(`${head("run")}\n  ${step}`).join("\n")).toContain(sentence);
  });

  it("refuses a block that nobody known runs, and tries of what a person runs", () => {
    const by = (who: string, more = "") =>
      says(`${head("run").replace("kind:", `by: ${who}\nkind:`)}\n  - id: s\n    run: a${more}`).join();
    expect(by("hand")).toBe("");
    expect(by("robot")).toContain("is not known here");
    expect(by("hand", "\n    retry: 2")).toContain("not tried again by itself");
  });

  it("refuses a check that declares an effect, a kind and an account that are none, and an identity of the cloud", () => {
    expect(says(`${head("check")}\n  - id: s\n    run: a\n    effect: mutate`).join()).toContain(
      'has no key "effect"',
    );
    expect(says(`${head("maybe")}\n  - id: s\n    run: a`).join()).toContain("is no kind");
    expect(
      says(`id: b\non: h\nas: Operator Admin\nkind: run\nsteps:\n  - id: s\n    run: a`).join(),
    ).toContain("is no account");
    expect(says(`id: b\nas: host-account\nsteps:\n  - id: s\n    op: x`).join()).toContain("is no identity");
  });

  it("refuses a control character and a text that is too long", () => {
    expect(says(`${head("run")}\n  - id: s\n    run: |\n      a\u0007`).join()).toContain(
      "control character",
    );
    expect(says(`${head("run")}\n  - id: s\n    run: "${"a".repeat(65_000)}"`)).toEqual([]);
    expect(says(`${head("run")}\n  - id: s\n    run: "${"a".repeat(66_000)}"`).length).toBeGreaterThan(0);
  });
});
