import { describe, expect, it } from "vitest";
import { applySuggestion, type KnownOperation, suggest } from "./suggest.ts";

const OPERATIONS: readonly KnownOperation[] = [
  {
    id: "identity.domain.ensure",
    title: "Make the domain",
    parameters: [
      { name: "name", isRequired: true },
      { name: "description", isRequired: false },
    ],
    outputs: ["id", "enabled"],
  },
  { id: "network.router.ensure", title: "Make the router", parameters: [], outputs: ["id"] },
];

/** The suggestions at the bar. */
function at(text: string): string[] | null {
  const whole = `# T\n\n\`\`\`yaml block\nid: a\nas: operator-admin\nsteps:\n${text}`;
  const caret = whole.indexOf("|");
  const found = suggest(whole.replace("|", ""), caret, OPERATIONS);
  return found && found.items.map((one) => one.text);
}

const STEP = "  - id: d\n    op: identity.domain.ensure\n";

describe("completion", () => {
  it.each<[string, string, string[] | null]>([
    ["operations", "  - id: d\n    op: |", ["identity.domain.ensure", "network.router.ensure"]],
    ["operations by their beginning", "  - id: d\n    op: net|", ["network.router.ensure"]],
    ["operations by a part", "  - id: d\n    op: router|", ["network.router.ensure"]],
    ["nothing for an operation that is whole", "  - id: d\n    op: network.router.ensure|", null],
    ["parameters in braces", `${STEP}    with: { |`, ["name: ", "description: "]],
    ["parameters behind another", `${STEP}    with: { name: "{{ tenant.slug }}", de|`, ["description: "]],
    ["parameters on lines", `${STEP}    with:\n      |`, ["name: ", "description: "]],
    ["values to expect", `${STEP}    expect: [ "|`, ["id", "enabled"]],
    ["values to save", `${STEP}    save: { domain_id: |`, ["id", "enabled"]],
    ["fields of a step", `${STEP}    ex|`, ["expect: [ ]"]],
    ["nothing inside a parameter's value", `${STEP}    with: { name: "|`, null],
    ["nothing for a step without operation", "  - id: d\n    with: { |", null],
    ["nothing for an operation of the step before", `${STEP}  - id: e\n    with: { |`, null],
  ])("offers %s", (_what, text, expected) => {
    expect(at(text)).toEqual(expected);
  });

  it("offers nothing in prose, behind a fence, or in another fence", () => {
    expect(suggest("op: net", 7, OPERATIONS)).toBeNull();
    expect(at(`${STEP}\`\`\`\n    op: net|`)).toBeNull();
    const other = "\n```yaml\nop: net";
    expect(suggest(other, other.length, OPERATIONS)).toBeNull();
  });

  it("puts it in the place of what was begun", () => {
    const text = "    op: net\n";
    expect(
      applySuggestion(text, { from: 8, caret: 11, suggestion: { text: "network.x", says: "" } }),
    ).toEqual({
      text: "    op: network.x\n",
      caret: 17,
    });
  });
});
