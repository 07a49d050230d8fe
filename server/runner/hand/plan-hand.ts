import {
  ASSIGNEE_WORDS,
  type Manual,
  MANUAL_CHECK,
  MANUAL_OUTPUTS,
  MANUAL_VERSION,
  manualSchema,
} from "#server/domain/hand/schema.ts";
import type { PlannedCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import type { RunbookBlock, RunbookStep } from "#server/domain/runbook/runbook.ts";
import { fillText, type TemplateScope } from "#server/domain/runbook/template.ts";
import type { Blocked } from "../plan-step.ts";

/**
 * Plans a step that a person does: its instructions as they will be read, for whom it is, whom that has to differ from, and
 * what is asked for as evidence. All of it is in the digest that people approve. The console itself does nothing.
 */
export function planHandStep(given: {
  block: RunbookBlock;
  step: RunbookStep;
  scope: TemplateScope;
}): { kind: "planned"; step: PlannedStep } | Blocked {
  const { block, step, scope } = given;
  const written = manualSchema.parse(step.with);
  const instructions = fillText(written.instructions, scope);
  if (instructions.kind !== "filled" || instructions.value.includes("{{")) {
    return {
      kind: "blocked",
      says:
        instructions.kind === "filled"
          ? `Step ${step.id}: its instructions name a value that is not known before another step of this stage has run.`
          : `Step ${step.id}: ${instructions.says}`,
      advice: "Move this step into a later stage: what people are told to do has to be approved.",
    };
  }
  const title = fillText(step.title, scope);
  const revert = written.revert === null ? null : fillText(written.revert, scope);
  const manual: Manual = {
    ...written,
    instructions: instructions.value,
    revert: revert?.kind === "filled" ? revert.value : written.revert,
  };
  const isCheck = step.operation === MANUAL_CHECK;
  const names = [...MANUAL_OUTPUTS, ...Object.keys(manual.evidence)];
  return {
    kind: "planned",
    step: {
      id: step.id,
      blockId: block.id,
      operation: step.operation,
      operationVersion: MANUAL_VERSION,
      identity: "person",
      effect: isCheck ? "read" : manual.effect,
      disposition: isCheck ? "read" : "apply",
      parameters: jsonSchema.parse(manual),
      calls: isCheck ? [] : [callOf(step, manual)],
      outputs: Object.fromEntries(names.map((name) => [name, outputRef(step.id, name)])),
      generates: [],
      preconditions: [],
      save: step.save,
      expect: step.expect,
      words: {
        title: title.kind === "filled" ? title.value : step.title,
        says: saysOf(manual, isCheck),
        reads: [],
        revert: isCheck ? null : manual.revert,
      },
    },
  };
}

function callOf(step: RunbookStep, { assignee, effect }: Manual): PlannedCall {
  return {
    id: `${step.id}.hand`,
    method: "RUN",
    service: "host",
    path: `/by hand/${assignee}`,
    body: null,
    effect,
    accept: [],
    captures: {},
    seals: {},
    headers: {},
    // Nobody can look whether a person did it: that person says so.
    probe: null,
  };
}

function saysOf({ assignee, differs, effect }: Manual, isCheck: boolean): string {
  const who = `Done by ${ASSIGNEE_WORDS[assignee]}, outside of the console, and attested.`;
  const other = differs.length === 0 ? "" : ` It has to be somebody else than: ${differs.join(", ")}.`;
  const what = isCheck
    ? " It says that it only looks."
    : effect === "mutate"
      ? " It declares that it changes something and destroys nothing."
      : " What people do is not known to the console, so it counts as destroying.";
  return `${who}${what}${other} The job waits there.`;
}
