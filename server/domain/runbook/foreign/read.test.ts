import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { namedStages, unplacedPieces } from "./model.ts";
import { readForeign } from "./read.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
const codes = (text: string) => readForeign(text).diagnostics.map(({ code, line }) => `${code}:${line}`);

describe("a draft as a page has printed it", () => {
  const read = readForeign(fixture("printed-page.txt"));
  const blocks = read.stages.flatMap((stage) =>
    stage.blocks.map((block) => ({ stage: stage.key, ...block })),
  );

  it("gives its stages, that of the table without a heading too", () => {
    expect(namedStages(read).map(({ key, title, origin }) => [key, title, origin])).toEqual([
      ["0", "Pre-flight (READ-ONLY)", "heading"],
      ["1", "Operator makes the project", "heading"],
      ["1.5", "Guest isolation (reads refused)", "table"],
      ["2", "Guest builds its network", "heading"],
    ]);
  });

  it("gives every block with kind, place, identity and gate", () => {
    expect(
      blocks.map(({ stage, id, kind, host, identities, gates }) => [
        stage,
        id,
        kind,
        host,
        identities.map(({ name, part }) => (part === null ? name : `${name}/${part}`)).join(),
        gates.map(({ text }) => text).join(),
      ]),
    ).toEqual([
      ["0", "guest-v3-00-look", "check", "jumphost", "admin", "GATE: nothing failed."],
      ["1", "guest-v3-01-project", "run", "jumphost", "admin", "GATE: the project exists, id = -guest."],
      ["1.5", "guest-v3-01b-isolation", "check", null, "guest", "GATE: both reads refused."],
      ["2", "guest-v3-02-network", "run", "jumphost", "app cred/net,admin/checks", ""],
    ]);
    expect(blocks[1]?.cautions.map(({ line }) => line)).toEqual([44]);
    expect(blocks[1]?.assumed).toEqual([{ text: "admin", line: 46 }]);
    expect(blocks[1]?.text.split("\n")).toHaveLength(4);
  });

  it("gives head, table, findings, open items and references", () => {
    expect([read.title, read.path]).toEqual([
      "Guest network v3 -- self-service network for a guest (DRAFT)",
      "team-cloud/runbooks/guest-network-DRAFT.md",
    ]);
    expect(read.table.map(({ key, status }) => `${key} ${status}`)).toEqual([
      "0 [VALIDATED 2026-05-02]",
      "1 [VALIDATED 2026-05-02] (with quota)",
      "1.5 [VALIDATED 2026-05-02]",
      "2 [CORRECTED-PENDING]",
    ]);
    expect(read.references.map(({ text }) => text)).toEqual(["D-041", "D-052", "appendix-B"]);
    expect(read.findings.map(({ stageKey, line, text }) => [stageKey, line, text.slice(-20)])).toEqual([
      [null, 23, "k; here they do not."],
      ["2", 62, "be set by the guest."],
    ]);
    expect(read.openItems.map(({ stageKey, line }) => [stageKey, line])).toEqual([
      ["1", 55],
      [null, 79],
      [null, 81],
    ]);
    expect(read.openItems[1]?.text).toBe("Re-run stage 2\nwith the corrected block.");
    expect(read.stages.at(-1)?.statuses[0]?.text).toBe("STATUS: the corrected block was NOT re-run.");
  });

  it("gives markers with their place, and none of the legend", () => {
    expect(read.markers.map(({ kind, date, stageKey, line }) => [kind, date, stageKey, line])).toEqual(
      expect.arrayContaining([
        ["draft", null, null, 5],
        ["not_as_executed", null, null, 7],
        ["supersedes", "2026-04-01", null, 7],
        ["validated", "2026-05-02", "0", 28],
        ["validated", "2026-05-02", "1.5", 20],
        ["corrected_pending", null, "2", 21],
        ["procedure_pending", null, "2", 59],
      ]),
    );
    expect(read.markers.filter(({ line }) => line === 9)).toEqual([]);
  });

  it("says what was lost or is ambiguous, with its line", () => {
    expect(read.diagnostics.map(({ code, severity, line }) => `${severity} ${code} ${line}`)).toEqual([
      "warning table.no_heading 20",
      "warning table.disagrees 21",
      "error lost.value 32",
      "error lost.redirection 36",
      "error lost.redirection 47",
      "error lost.name 48",
      "warning lost.name 50",
      "warning block.no_host 52",
      "warning block.other_identity 53",
      "warning lost.underscore 54",
      "warning block.no_gate 64",
      "error lost.name 65",
    ]);
    expect(unplacedPieces(read)).toEqual([]);
  });
});

describe("a runbook with labels above fences", () => {
  const read = readForeign(fixture("phase.md"));
  const blocks = read.stages.flatMap((stage) =>
    stage.blocks.map((block) => ({ stage: stage.key, ...block })),
  );

  it("gives blocks, expectations, cautions and gates", () => {
    expect(
      blocks.map(({ stage, id, kind, host, title, text, expects, gates, cautions }) => [
        stage,
        id,
        kind,
        host,
        title,
        text,
        expects.length,
        gates.length,
        cautions.length,
      ]),
    ).toEqual([
      ["R1", null, "check", "jumphost", "what runs now", "juju status metering --format=short", 1, 0, 1],
      [
        "R1",
        "meter-r1-stop",
        "run",
        "unit metering/0",
        "`meter-r1-stop` stop the writers",
        "sudo systemctl stop metering-writer",
        1,
        1,
        0,
      ],
      ["R2", null, null, "jumphost", "start", "juju run metering/0 start", 0, 0, 0],
      ["R2", null, "check", "jumphost", "look once more", "juju remove-unit metering/1", 0, 0, 0],
    ]);
    expect(read.markers.map(({ kind, date }) => [kind, date])).toEqual([
      ["as_executed", "2026-06-11"],
      ["revalidate", null],
    ]);
    expect(read.references.map(({ text }) => text)).toEqual(["D-043", "DOCFIX-071"]);
  });

  it("says which block is none", () => {
    const found = read.diagnostics.filter(
      ({ code }) => code !== "block.no_identity" && code !== "block.no_gate",
    );
    expect(found.map(({ code, line }) => `${code}:${line}`)).toEqual([
      "block.kind:35",
      "block.check_changes:44",
      "block.no_commands:47",
      "block.no_label:53",
    ]);
  });
});

describe("what is ambiguous", () => {
  const block = (body: string) =>
    `# T\n\n--- BEGIN block: a (RUN -- host, admin) ---\n${body}\n--- END block ---\nGATE: ok\n`;
  const none: string[] = [];

  it.each<[string, string, string[]]>([
    ["an empty value before a semicolon", "CLIENT=; fail=0", ["lost.value:4"]],
    ["an empty value at the end", "CLIENT=", ["lost.value:4"]],
    ["an empty value between two", "A=1 CLIENT= B=2", ["lost.value:4"]],
    ["a value", "CLIENT=acme; fail=0", none],
    ["an empty text on purpose", 'CLIENT=""; fail=0', none],
    ["read with its separator off", "while IFS= read -r line; do :; done", none],
    ["a redirection of errors", "openstack role show x 2>&1 | grep y", none],
    ["a redirection of output", "echo x >&2", none],
    ["a lost redirection", "openstack role show x &1 | grep y", ["lost.redirection:4"]],
    [
      "/dev/null as it should be",
      "cmd >/dev/null 2>&1; cmd2 > /dev/null; cmd3 </dev/null; cmd4 &>/dev/null",
      none,
    ],
    ["/dev/null read on purpose", "cat /dev/null", none],
    ["/dev/null as an argument", 'openstack user create "$U" /dev/null 2>&1', ["lost.redirection:4"]],
    ["an address", "curl https://keystone:5000/v3", none],
    ["an address without host", 'export OS_AUTH_URL="https://:5000/v3"', ["lost.name:4"]],
    ["a network without a part", "CIDR=10.20..0/24", ["lost.name:4"]],
    ["a folder above", "cd ../..; ls 10.20.30.0", none],
    ["a policy without its name", "rule: project_id:%(.project_id)s", ["lost.name:4"]],
  ])("tells %s", (_what, body, expected) => {
    expect(codes(block(body))).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    [
      "a block that never ends",
      "# T\n\n--- BEGIN block: a (RUN -- h, x) ---\nls\n",
      ["block.unbalanced:3", "block.no_gate:3"],
    ],
    [
      "a block that begins in another",
      `# T\n\n--- BEGIN block: a (RUN -- h, x) ---\nls\n--- BEGIN block: b (RUN -- h, x) ---\nls\n--- END block ---\nGATE: ok\n`,
      ["block.unbalanced:3", "block.no_gate:3"],
    ],
    ["an end without a beginning", "# T\n\n--- END block ---\n", ["block.unbalanced:3"]],
    [
      "an end of another block",
      "# T\n\n--- BEGIN block: a (RUN -- h, x) ---\nls\n--- END block: b ---\nGATE: ok\n",
      ["block.unbalanced:5"],
    ],
    [
      "an unknown kind",
      "# T\n\n--- BEGIN block: a (PLAY -- h, x) ---\nls\n--- END block ---\nGATE: ok\n",
      ["block.kind:3"],
    ],
    [
      "no kind",
      "# T\n\n--- BEGIN block: a ---\nls\n--- END block ---\nGATE: ok\n",
      ["block.kind:3", "block.no_host:3", "block.no_identity:3"],
    ],
    ["an id used twice", block("ls") + block("ls").slice(4), ["block.same_id:8"]],
    ["a block without commands", block(""), ["block.no_commands:3"]],
    ["a direction mark", block("ls \u202e"), ["document.hidden:4"]],
    ["stages of one number", "## Stage 1: a\n\n## Stage 1: b\n", ["stage.twice:3"]],
    [
      "a stage that the table lacks",
      "# T\n\n| Stage | What | Status |\n| --- | --- | --- |\n| 1 | a | [DRAFT] |\n\n## Stage 1: a\n\n## Stage 2: b\n",
      ["table.misses:9"],
    ],
  ])("tells %s", (_what, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it("ends a block that was never closed before the next stage", () => {
    const rule = "=".repeat(80);
    const read = readForeign(
      `# T\n\n--- BEGIN block: a (RUN -- h, x) ---\nls\n\n${rule}\n\nSTAGE 2 -- next\n\n${rule}\n\ntext\n`,
    );
    expect(namedStages(read).map(({ key }) => key)).toEqual(["2"]);
    expect(read.stages[0]?.blocks[0]?.text.trim()).toBe("ls");
  });

  it("reads a block that stands in a fence, and one that holds a fence", () => {
    const label = "--- BEGIN block: a (RUN -- h, x) ---";
    for (const text of [
      `# T\n\n\`\`\`bash\n${label}\nls\n--- END block ---\n\`\`\`\nGATE: ok\n\n## Stage 1: a\n`,
      `# T\n\n${label}\n\`\`\`bash\nls\n\`\`\`\n--- END block ---\nGATE: ok\n\n## Stage 1: a\n`,
    ]) {
      const read = readForeign(text);
      expect(read.stages[0]?.blocks.map((one) => [one.text, one.gates.length])).toEqual([["ls", 1]]);
      expect(read.stages.at(-1)?.key).toBe("1");
    }
  });

  it("takes no sentence for a stage, and no example for a block", () => {
    const read = readForeign(
      "# T\n\nStage 2: the manager does it.\nStage 3 resets it.\n\nSay RUN when done.\n",
    );
    expect(read.stages).toEqual([]);
  });

  it("reads a document whose lines were all joined", () => {
    const rule = "=".repeat(80);
    const read = readForeign(
      `${rule} STAGE 0 -- Look ${rule} Looks first. --- BEGIN block: a-00 (CHECK read-only -- h, x) --- ls --- END block --- GATE: seen. ${rule} STAGE 1 -- Do [DRAFT] ${rule} --- BEGIN block: a-01 (RUN -- h, x) --- rm x --- END block --- GATE: gone.`,
    );
    expect(
      namedStages(read).map(({ key, blocks }) => [
        key,
        ...blocks.map(({ id, text, gates }) => [id, text.trim(), gates[0]?.text]),
      ]),
    ).toEqual([
      ["0", ["a-00", "ls", "GATE: seen."]],
      ["1", ["a-01", "rm x", "GATE: gone."]],
    ]);
  });

  it("reads a label and its fence that were joined", () => {
    const read = readForeign(
      "# T\n\n**RUN -- jumphost** -- stop it ```bash systemctl stop x ``` GATE: it is down.\n",
    );
    expect(
      read.stages[0]?.blocks.map(({ host, text, gates }) => [host, text.trim(), gates[0]?.text]),
    ).toEqual([["jumphost", "systemctl stop x", "GATE: it is down."]]);
  });
});
