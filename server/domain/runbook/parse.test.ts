import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Catalogue, OperationDefinition } from "../operation/definition.ts";
import { BLOCK_MAX_BYTES, DIAGNOSTICS_MAX, DOCUMENT_MAX_BYTES } from "./limits.ts";
import { parseRunbook } from "./parse.ts";
import type { Runbook } from "./runbook.ts";

const DEFINITIONS: OperationDefinition[] = [
  {
    id: "thing.ensure",
    version: 1,
    effect: "mutate",
    title: "Make sure that the thing exists",
    parameters: z.strictObject({
      name: z.string().max(20),
      size: z.int().min(1).optional(),
      kind: z.enum(["big", "small"]).default("big"),
      labels: z.record(z.string(), z.string()).optional(),
      parts: z.array(z.strictObject({ id: z.string(), note: z.string().optional() })).optional(),
    }),
    outputs: ["id", "name", "network"],
  },
  {
    id: "thing.read",
    version: 1,
    effect: "read",
    title: "Look",
    parameters: z.strictObject({}),
    outputs: ["list"],
  },
];
const CATALOGUE: Catalogue = new Map(DEFINITIONS.map((definition) => [definition.id, definition]));

const DOCUMENT = `---
slug: sample
title: A sample
cloud: openstack
inputs:
  - { name: cidr, type: cidr, title: Network, hint: Free one }
  - { name: nodes, type: count, title: Nodes, default: 2 }
---

# A sample

Before.

## Not a stage

## Stage 0: First

Some *prose*.

\`\`\`yaml
id: only an example
\`\`\`

\`\`\`yaml block
id: one
as: operator-admin
title: Block of {{ tenant.slug }}
steps:
  - id: thing
    op: thing.ensure
    title: The thing
    with:
      name: "{{ tenant.slug }}"
      size: "{{ inputs.nodes }}"
      parts: [ { id: "{{ inputs.cidr }}" } ]
    save: { thing_id: id, thing_cidr: network.cidr }
    expect: [ 'name is "{{ tenant.slug }}"', "id matches hex32" ]
  - id: look
    op: thing.read
\`\`\`

Between.

\`\`\`yaml gate
id: gate-0
assert:
  - that: saved.thing_id matches hex32
    says: It exists
    advice: Look again.
  - that: steps.look.list count is {{ inputs.nodes }}
    says: All of {{ inputs.nodes }} are there
    advice: Wait.
\`\`\`

## Stage 6/7: Last

\`\`\`yaml block
id: two
as: domain-manager
steps:
  - { id: thing, op: thing.ensure, with: { name: "x", labels: { a: "{{ saved.thing_id }}" } } }
\`\`\`

\`\`\`yaml gate
id: gate-7
assert:
  - { that: saved.thing_cidr within "10.0.0.0/8", says: Inside, advice: Move it. }
\`\`\`

After.
`;

const parse = (source: string) => parseRunbook(source, CATALOGUE);

function runbookOf(source: string): Runbook {
  const { runbook, diagnostics } = parse(source);
  expect(diagnostics).toEqual([]);
  if (!runbook) throw new Error("The sample does not parse");
  return runbook;
}

const RUNBOOK = runbookOf(DOCUMENT);
const blocksOf = ({ stages }: Runbook) =>
  stages.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === "block" ? [part.block] : [])));
const gatesOf = ({ stages }: Runbook) =>
  stages.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === "gate" ? [part.gate] : [])));

/** The document with one text replaced; fails when the text is not there. */
function edit(from: string, to: string): string {
  if (!DOCUMENT.includes(from)) throw new Error(`The sample has no ${from}`);
  return DOCUMENT.replace(from, () => to);
}

/** Where a text stands, as line and column. */
function placeOf(source: string, text: string) {
  const before = source.slice(0, source.indexOf(text));
  return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}

describe("a sound document", () => {
  it("has front matter, introduction and stages", () => {
    expect(RUNBOOK).toMatchObject({ slug: "sample", title: "A sample", cloudKind: "openstack" });
    expect(RUNBOOK.inputs).toEqual([
      { name: "cidr", type: "cidr", title: "Network", hint: "Free one", default: null },
      { name: "nodes", type: "count", title: "Nodes", hint: "", default: 2 },
    ]);
    expect(RUNBOOK.introduction).toBe("\n# A sample\n\nBefore.\n\n## Not a stage\n");
    expect(RUNBOOK.stages.map(({ key, title }) => [key, title])).toEqual([
      ["0", "First"],
      ["6-7", "Last"],
    ]);
  });

  it("keeps prose verbatim, with examples, in its place", () => {
    const parts = RUNBOOK.stages[0]?.parts ?? [];
    expect(parts.map(({ kind }) => kind)).toEqual(["prose", "block", "prose", "gate"]);
    expect(parts[0]).toEqual({
      kind: "prose",
      markdown: "\nSome *prose*.\n\n```yaml\nid: only an example\n```\n",
    });
    expect(parts[2]).toEqual({ kind: "prose", markdown: "\nBetween.\n" });
  });

  it("has blocks of steps", () => {
    const [one, two] = blocksOf(RUNBOOK);
    expect(one).toMatchObject({ id: "one", as: "operator-admin", title: "Block of {{ tenant.slug }}" });
    expect(one?.position).toEqual(placeOf(DOCUMENT, "```yaml block"));
    expect(one?.steps[0]).toEqual({
      id: "thing",
      operation: "thing.ensure",
      title: "The thing",
      with: { name: "{{ tenant.slug }}", size: "{{ inputs.nodes }}", parts: [{ id: "{{ inputs.cidr }}" }] },
      save: { thing_id: "id", thing_cidr: "network.cidr" },
      expect: ['name is "{{ tenant.slug }}"', "id matches hex32"],
      position: placeOf(DOCUMENT, "id: thing\n"),
    });
    expect(one?.steps[1]).toMatchObject({ id: "look", title: "Look", with: {}, save: {}, expect: [] });
    expect(two).toMatchObject({ id: "two", as: "domain-manager", title: "two" });
  });

  it("has gates", () => {
    expect(gatesOf(RUNBOOK).map(({ id, assertions }) => [id, assertions.length])).toEqual([
      ["gate-0", 2],
      ["gate-7", 1],
    ]);
    expect(gatesOf(RUNBOOK)[1]?.assertions[0]).toEqual({
      that: 'saved.thing_cidr within "10.0.0.0/8"',
      says: "Inside",
      advice: "Move it.",
    });
  });
});

describe("hashes", () => {
  const hashesOf = (runbook: Runbook) => ({
    document: runbook.contentHash,
    stages: runbook.stages.map(({ hash }) => hash),
    parts: [...blocksOf(runbook), ...gatesOf(runbook)].map(({ hash }) => hash),
  });
  const ORIGINAL = hashesOf(RUNBOOK);

  it("is SHA-256 over the block's bytes between the fences", () => {
    const bytes = /```yaml block\n(id: two\n[^`]*)\n```/.exec(DOCUMENT)?.[1] ?? "";
    const hash = createHash("sha256").update(bytes).digest("hex");
    expect(blocksOf(RUNBOOK)[1]?.hash).toBe(`sha256:${hash}`);
  });

  it.each([
    ["line ends CRLF", DOCUMENT.replaceAll("\n", "\r\n")],
    ["spaces at line ends", DOCUMENT.replaceAll("\n", "  \t\n")],
    ["more newlines at the end", `${DOCUMENT}\n\n`],
    ["no newline at the end", DOCUMENT.trimEnd()],
  ])("do not depend on %s", (_what, source) => {
    expect(hashesOf(runbookOf(source))).toEqual(ORIGINAL);
  });

  it("of a stage do not depend on prose and title, of the document they do", () => {
    for (const source of [edit("Some *prose*.", "Other prose."), edit("Stage 0: First", "Stage 0: Other")]) {
      const hashes = hashesOf(runbookOf(source));
      expect(hashes.stages).toEqual(ORIGINAL.stages);
      expect(hashes.parts).toEqual(ORIGINAL.parts);
      expect(hashes.document).not.toBe(ORIGINAL.document);
    }
  });

  it.each([
    ["a block", "title: The thing", "title: That thing", 0],
    ["a comment in a block", "id: two", "id: two # note", 1],
    ["a gate", "advice: Wait.", "advice: Wait longer.", 0],
    ["an indentation", "  - { id: thing", "  -  { id: thing", 1],
  ])("change with %s, in its own stage only", (_what, from, ...[to, at]) => {
    const hashes = hashesOf(runbookOf(edit(from, to)));
    expect(hashes.stages[at]).not.toBe(ORIGINAL.stages[at]);
    expect(hashes.stages[1 - at]).toBe(ORIGINAL.stages[1 - at]);
  });

  it("of a stage tell the order and the kind of its parts", () => {
    const extra =
      "\n\n```yaml block\nid: three\nas: operator-admin\nsteps: [ { id: z, op: thing.read } ]\n```\n";
    const before = runbookOf(
      edit("```yaml block\nid: two", `${extra.trimStart()}\n\`\`\`yaml block\nid: two`),
    );
    const after = runbookOf(
      edit("```yaml gate\nid: gate-7", `${extra.trimStart()}\n\`\`\`yaml gate\nid: gate-7`),
    );
    expect(before.stages[1]?.hash).not.toBe(after.stages[1]?.hash);
  });
});

type Broken = [what: string, from: string, to: string, at: string, says: string];

/** Each edit makes exactly one problem, at the place of the text `at` in the edited document. */
const BROKEN: Broken[] = [
  // Front matter.
  ["no front matter", "---\nslug", "slug", "slug", "starts with front matter"],
  ["no slug", "slug: sample\n", "", "title: A sample", 'needs the key "slug"'],
  ["a bad slug", "slug: sample", "slug: Sample", "Sample", "lower-case letter"],
  [
    "another cloud",
    "cloud: openstack",
    "cloud: proxmox",
    "proxmox",
    "kind of cloud is openstack or hypervisor",
  ],
  ["an unknown key", "cloud: openstack", "cloud: openstack\nowner: me", "owner", 'no key "owner"'],
  ["an unknown type", "type: count", "type: float", "float", "type of an input is"],
  ["a bad default", "default: 2", "default: two", "two }", "whole number"],
  ["a repeated input", "name: nodes", "name: cidr", "cidr, type: count", "declared twice"],
  // Headings and fences.
  [
    "a malformed stage number",
    "## Stage 6/7: Last",
    "## Stage 6-7: Last",
    "## Stage 6-7",
    "stage heading is written",
  ],
  ["a stage of another level", "Before.", "### Stage 1: X", "### Stage", "stage heading is written"],
  ["a stage without a title", "Before.", "## Stage 9:", "## Stage 9", "stage heading is written"],
  ["a repeated stage", "## Stage 6/7: Last", "## Stage 0: Last", "## Stage 0: Last", "stands here twice"],
  ["an indented block", "Between.", " ```yaml block\n ```", " ```yaml block", "beginning of a line"],
  ["a quoted block", "Between.", "> ```yaml gate\n> ```", "> ```yaml gate", "beginning of a line"],
  ["a block fenced with tildes", "Between.", "~~~yaml block\n~~~", "~~~yaml", "beginning of a line"],
  ["an unknown kind of fence", "Between.", "```yaml blok\n```", "```yaml blok", 'not "yaml blok"'],
  ["an open fence", "After.", "```text", "```text", "never closed"],
  ["a control character", "Before.", "Be\u0007fore.", "\u0007", "control character"],
  ["a mark that turns the writing direction", "Before.", "Be\u202efore.", "\u202e", "control character"],
  ["half a character", "Before.", "Be\ud800fore.", "Be\ud800", "control character"],
  // YAML.
  ["an anchor", "id: two", "id: &a two", "&a", "Anchors"],
  ["an alias", "id: two", "id: *a", "*a", "Aliases"],
  ["a merge key", "id: two", "id: two\n<<: { title: x }", "<<", "Merge keys"],
  ["a tag", "id: two", "id: !!str two", "!!str", "Tags"],
  ["a local tag", "id: two", "id: !x two", "!x", "Tags"],
  ["a directive", "id: two", "%YAML 1.1\nid: two", "%YAML", "Directives"],
  ["a second document", "id: two", "id: two\n---", "---\nas: domain", "one YAML document"],
  ["a repeated key", "id: two", "id: two\nid: three", "id: three", "stands here twice"],
  [
    "a key that is no word",
    'labels: { a: "{{ saved.thing_id }}" }',
    "labels: { 1: x }",
    "1: x",
    "plain word",
  ],
  ["a key that changes objects", "labels: { a:", "labels: { __proto__:", "__proto__", "cannot be a key"],
  [
    "a template as key",
    "labels: { a:",
    'labels: { "{{ tenant.slug }}":',
    '"{{ tenant.slug }}": ',
    "cannot be a key",
  ],
  ["a number beyond 2^53", 'name: "x"', "name: 9007199254740993", "9007199254740993", "exactly"],
  ["no number", 'name: "x"', "name: .nan", ".nan", "exactly"],
  ["half a character in a text", 'name: "x"', 'name: "\\ud800"', '"\\ud800"', "half a character"],
  ["an open quote", "advice: Wait.", 'advice: "Wait.', "", "not YAML"],
  ["values nested too deep", 'name: "x"', `name: ${"[".repeat(20)}${"]".repeat(20)}`, "", "nest at most"],
  ["lists nested too deep", "assert:", `note: \n  ${"- ".repeat(20)}x\nassert:`, "", "nest at most"],
  ["a block that is a list", "id: two\nas: domain-manager\nsteps:\n", "", "- { id: thing", "keys and values"],
  // Blocks.
  ["an unknown identity", "as: domain-manager", "as: root", "root", '"root" is no identity'],
  ["no identity", "as: domain-manager\n", "", "id: two", 'needs the key "as"'],
  ["an unknown key of a block", "id: two", "id: two\nshell: ls", "shell", 'no key "shell"'],
  ["a repeated block id", "id: two", "id: one", "one\nas: domain", '"one" is used twice'],
  ["a gate's id for a block", "id: gate-7", "id: one", "one\nassert:\n  - { that", '"one" is used twice'],
  ["a bad id", "id: two", "id: Two!", "Two!", "An id is a lower-case letter"],
  [
    "a repeated step id",
    "id: look",
    "id: thing",
    "thing\n    op: thing.read",
    'step id "thing" is used twice',
  ],
  ["a step called saved", "{ id: thing, op", "{ id: saved, op", "saved, op", 'cannot be called "saved"'],
  [
    "an unknown operation",
    "op: thing.read",
    "op: thing.destroy",
    "thing.destroy",
    'no operation "thing.destroy"',
  ],
  ["an unknown key of a step", "op: thing.read", "op: thing.read\n    tries: 3", "tries", 'no key "tries"'],
  ["more tries than are listed", "op: thing.read", "op: thing.read\n    retry: 6", "6", "from 1 to 5"],
  ["no step", "steps:\n  - { id: thing", "steps: []\nnote:\n  - { id: thing", "", "at least one step"],
  // Parameters.
  ["an unknown parameter", 'name: "x"', 'name: "x", nam: 1', "nam: 1", 'no parameter "nam"'],
  ["a missing parameter", 'name: "x", ', "", '{ labels: { a: "{{ saved', 'parameter "name" is missing'],
  ["an unknown key inside", "parts: [ { id:", "parts: [ { ident: x, id:", "ident", 'no parameter "ident"'],
  [
    "a missing key inside",
    'parts: [ { id: "{{ inputs.cidr }}" } ]',
    "parts: [ { note: x } ]",
    "{ note: x }",
    '"id" is missing',
  ],
  [
    "a value that the operation refuses",
    'with: { name: "x", labels: { a: "{{ saved.thing_id }}" } }',
    'with: { name: "x", kind: middle }',
    "middle",
    '"kind"',
  ],
  [
    "a text that is too long",
    'with: { name: "x", labels: { a: "{{ saved.thing_id }}" } }',
    `with: { name: ${"n".repeat(21)} }`,
    "n".repeat(21),
    '"name"',
  ],
  [
    "parameters for an operation without any",
    "op: thing.read",
    "op: thing.read\n    with: { a: 1 }",
    "a: 1 }",
    'no parameter "a"',
  ],
  // Names.
  [
    "an input nobody declared",
    "{{ inputs.cidr }}",
    "{{ inputs.cdir }}",
    "{{ inputs.cdir }}",
    'no input "cdir"',
  ],
  ["a value nobody saved", "{{ saved.thing_id }}", "{{ saved.thing }}", "{{ saved.thing }}", 'saves "thing"'],
  [
    "a value saved later",
    'size: "{{ inputs.nodes }}"',
    'size: "{{ saved.thing_id }}"',
    "{{ saved.thing_id }}",
    "No step before this",
  ],
  [
    "an unknown field of the tenant",
    "Block of {{ tenant.slug }}",
    "Block of {{ tenant.name }}",
    "{{ tenant.name }}",
    "slug and id",
  ],
  [
    "a name of another kind",
    "Block of {{ tenant.slug }}",
    "Block of {{ env.HOME }}",
    "{{ env.HOME }}",
    "is no name here",
  ],
  ["a secret by name", 'name: "x"', 'name: "{{secret:svc_password}}"', "{{secret:", "is no name here"],
  [
    "a name in a gate's sentence",
    "All of {{ inputs.nodes }}",
    "All of {{ inputs.no }}",
    "{{ inputs.no }}",
    'no input "no"',
  ],
  // Saves.
  ["an output that is not declared", "thing_id: id", "thing_id: ident", "ident", 'no value "ident"'],
  [
    "a saved value that is no path",
    "thing_cidr: network.cidr",
    "thing_cidr: network..cidr",
    "network..cidr",
    "is no path",
  ],
  // Expressions.
  [
    "an expression that cannot be read",
    'id matches hex32" ]',
    'id matches hex33" ]',
    "hex33",
    "Expected one of hex32",
  ],
  [
    "an expectation of another value",
    '"id matches hex32"',
    '"ident matches hex32"',
    "ident matches",
    'no value "ident"',
  ],
  [
    "a name in an expectation",
    'name is "{{ tenant.slug }}"',
    'name is "{{ saved.x }}"',
    "{{ saved.x }}",
    'saves "x"',
  ],
  [
    "an assertion about nobody's evidence",
    "that: saved.thing_id",
    "that: saved.thing",
    "saved.thing matches",
    'saves "thing"',
  ],
  [
    "an assertion about something else",
    "that: saved.thing_id",
    "that: thing_id",
    "thing_id matches",
    '"thing_id" is not known',
  ],
  [
    "an assertion about another stage's step",
    "saved.thing_cidr within",
    "steps.look.list within",
    "steps.look.list within",
    'no step "look"',
  ],
  [
    "an assertion about a value no step has",
    "steps.look.list count",
    "steps.look.lists count",
    "steps.look.lists",
    'no value "lists"',
  ],
  // Gates.
  ["an assertion without advice", "    advice: Wait.\n", "", "that: steps.look", 'needs the key "advice"'],
  [
    "an empty gate",
    'assert:\n  - { that: saved.thing_cidr within "10.0.0.0/8", says: Inside, advice: Move it. }',
    "assert: []",
    "```yaml gate\nid: gate-7",
    "at least one assertion",
  ],
  [
    "a stage without a gate",
    "After.",
    "## Stage 8: X\n\n```yaml block\nid: three\nas: service-user\nsteps: [ { id: z, op: thing.read } ]\n```",
    "## Stage 8",
    "no gate",
  ],
  [
    "a block after the last gate",
    "After.",
    "```yaml block\nid: three\nas: service-user\nsteps: [ { id: z, op: thing.read } ]\n```",
    "## Stage 6/7",
    "after this stage's last gate",
  ],
  [
    "a stage without a block",
    "After.",
    "## Stage 8: X\n\n```yaml gate\nid: g8\nassert: [ { that: tenant.slug exists, says: a, advice: b } ]\n```",
    "## Stage 8",
    "no block",
  ],
  [
    "a block before the first stage",
    "Before.",
    "```yaml block\nid: zero\nas: service-user\nsteps: [ { id: z, op: thing.read } ]\n```",
    "```yaml block\nid: zero",
    "before the first stage",
  ],
];

describe("diagnostics", () => {
  it.each(BROKEN)("%s", (_what, from, ...[to, at, says]) => {
    const source = edit(from, to);
    const { runbook, diagnostics } = parse(source);
    expect(runbook).toBeNull();
    expect(diagnostics.length).toBeGreaterThan(0);
    const first = diagnostics.find((diagnostic) => diagnostic.says.includes(says));
    expect(first, JSON.stringify(diagnostics)).toMatchObject({ severity: "error" });
    if (at !== "") expect(first).toMatchObject(placeOf(source, at));
    expect(first?.says).toMatch(/[.]$/);
  });

  it("come in the order of the document, all of them", () => {
    const source = edit("as: operator-admin", "as: nobody")
      .replace("id: gate-7", "id: one")
      .replace("cidr, type: cidr", "cidr, type: x");
    const { diagnostics } = parse(source);
    expect(diagnostics).toHaveLength(3);
    expect(diagnostics.map(({ line }) => line)).toEqual(
      diagnostics.map(({ line }) => line).toSorted((a, b) => a - b),
    );
  });

  it("of a CRLF document have the same places", () => {
    const source = edit("as: domain-manager", "as: root");
    expect(parse(source.replaceAll("\n", "\r\n")).diagnostics).toEqual(parse(source).diagnostics);
  });

  it("stop at a bound", () => {
    const many = edit("Before.", "### Stage 1: x\n".repeat(DIAGNOSTICS_MAX + 50));
    expect(parse(many).diagnostics).toHaveLength(DIAGNOSTICS_MAX);
  });
});

describe("limits", () => {
  it("has a largest document", () => {
    const padding = (size: number) => DOCUMENT + "x".repeat(size - DOCUMENT.length);
    expect(parse(padding(DOCUMENT_MAX_BYTES)).diagnostics).toEqual([]);
    expect(parse(padding(DOCUMENT_MAX_BYTES + 1)).diagnostics).toHaveLength(1);
  });

  it("has a largest block", () => {
    const bytes = (/```yaml block\n(id: two\n[^`]*)\n```/.exec(DOCUMENT)?.[1] ?? "").length;
    const withComment = (size: number) => edit("id: two", `#${"x".repeat(size - bytes - 2)}\nid: two`);
    expect(parse(withComment(BLOCK_MAX_BYTES)).diagnostics).toEqual([]);
    expect(parse(withComment(BLOCK_MAX_BYTES + 1)).diagnostics[0]?.says).toContain("at most 64 KiB");
  });

  it.each(["`", "#", "> ", "{{", " ", "- ", "## Stage 1: x\n", "```yaml block\n```\n", "\n"])(
    "reads a document full of %j without hanging",
    (text) => {
      const source = DOCUMENT + text.repeat(Math.floor(400_000 / text.length));
      expect(parse(source).diagnostics.length).toBeLessThanOrEqual(DIAGNOSTICS_MAX);
    },
  );

  it.each([
    "[",
    "{a: ",
    "- ",
    "? ",
    "a: ",
    "&a ",
    "*a ",
    "!a ",
    '"',
    "{{ saved.x }}",
    "k: 1\n",
    "#\n",
    "- - a\n  ",
  ])("reads a block full of %j without failing", (text) => {
    const source = edit("id: two", text.repeat(Math.floor(60_000 / text.length)));
    expect(parse(source).runbook).toBeNull();
  });
});

describe("any text at all", () => {
  const LINES = DOCUMENT.split("\n");

  it("is read without throwing, and read the same twice", () => {
    const noise = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom(...LINES, "---", "```", "  - "),
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 40 }), (lines) => {
        const source = `${LINES.slice(0, 8).join("\n")}\n${lines.join("\n")}`;
        expect(parse(source)).toEqual(parse(source));
      }),
      { numRuns: 300 },
    );
  });

  it("is a runbook or has a diagnostic inside the document, after any lost line", () => {
    for (const [at] of LINES.entries()) {
      const source = LINES.toSpliced(at, 1).join("\n");
      const { runbook, diagnostics } = parse(source);
      expect(runbook === null).toBe(diagnostics.length > 0);
      for (const { line, column } of diagnostics) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(LINES.length);
        expect(column).toBeGreaterThanOrEqual(1);
      }
    }
  });
});
