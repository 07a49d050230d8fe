import { describe, expect, it } from "vitest";
import { shellRunbook, fenced, GATE } from "#server/testing/shell-runbook.ts";
import { CATALOGUE } from "../operation/catalogue.ts";
import { parseRunbook } from "./parse.ts";

const read = (steps: string, head = "id: b\nby: hand\nkind: check") =>
  parseRunbook(shellRunbook(fenced("block", `${head}\nsteps:\n${steps}`) + GATE), CATALOGUE);
const STEP = "  - { id: s, do: Look, assignee: operator }\n";

describe("a block by hand", () => {
  it("is read with everything that is asked for, which it then expects", () => {
    const { runbook, diagnostics } = read(
      `${STEP}  - { id: t, do: "Look at {{ tenant.slug }}", assignee: reviewer, differs: [s, requester], evidence: { seen: { text: What }, shot: { file: Picture } }, save: { rack: seen } }\n`,
    );
    expect(diagnostics).toEqual([]);
    const [block] =
      runbook?.stages[0]?.parts.flatMap((part) => (part.kind === "block" ? [part.block] : [])) ?? [];
    expect(block).toMatchObject({ as: "person" });
    expect(block?.steps[1]).toMatchObject({
      operation: "manual.check",
      expect: ["done is true", "seen exists", "shot exists"],
      with: { assignee: "reviewer", differs: ["s", "requester"], effect: "destroy" },
    });
  });

  it.each([
    ["nobody it is for", "  - { id: s, do: Look }\n", '"assignee"'],
    ["somebody unknown", "  - { id: s, do: Look, assignee: boss }\n", '"boss" is nobody'],
    ["a step that is not before it", `${STEP.replace("}", ", differs: [u] }")}`, '"u" is no step by hand'],
    ["itself", STEP.replace("}", ", differs: [s] }"), '"s" is no step by hand'],
    [
      "whom it is for",
      "  - { id: s, do: Look, assignee: requester, differs: [requester] }\n",
      "Nobody could do this",
    ],
    ["a name of its own", STEP.replace("}", ", evidence: { done: { text: x } } }"), "not done, attested_by"],
    ["another kind of evidence", STEP.replace("}", ", evidence: { a: { video: x } } }"), "is asked for as"],
    ["two kinds at once", STEP.replace("}", ", evidence: { a: { text: x, file: y } } }"), "is asked for as"],
    ["an effect of a check", STEP.replace("}", ", effect: mutate }"), "effect"],
    ["a name that leads nowhere", "  - { id: s, do: '{{ saved.x }}', assignee: operator }\n", 'saves "x"'],
    [
      "instructions without end",
      `  - { id: s, do: ${"x".repeat(9000)}, assignee: operator }\n`,
      "at most 8 KiB",
    ],
  ])("is refused with %s", (_what, steps, says) => {
    const { runbook, diagnostics } = read(steps);
    expect(runbook).toBeNull();
    expect(diagnostics.map((one) => one.says).join("\n")).toContain(says);
  });

  it.each(["by: robot\nkind: check", "by: hand\nkind: look", "by: hand\nas: operator-admin\nkind: check"])(
    "is refused with %j",
    (head) => {
      expect(read(STEP, `id: b\n${head}`).diagnostics.length).toBeGreaterThan(0);
    },
  );
});
