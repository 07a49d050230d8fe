import type { Json } from "#server/domain/canonical/json.ts";
import { strictestEffect } from "#server/domain/effect/strictest.ts";
import type { OperationDefinition } from "#server/domain/operation/definition.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { parsePath, valueAt } from "#server/domain/runbook/path.ts";
import type { RunbookBlock, RunbookStep } from "#server/domain/runbook/runbook.ts";
import { fillTemplates, fillText, type TemplateScope } from "#server/domain/runbook/template.ts";
import type { Operation, PlanContext, StepDraft } from "#server/operations/handler.ts";
import { NotYetError } from "#server/operations/not-yet.ts";

/** What stands in the way of a plan. */
export interface Blocked {
  kind: "blocked";
  says: string;
  advice: string;
}

export interface StepToPlan {
  block: RunbookBlock;
  step: RunbookStep;
  operation: Operation;
  scope: TemplateScope;
  /** Made for this step alone: its session is the block's identity's. */
  context: PlanContext;
}

/** Plans one step: fills its parameters, lets its operation look, and renders what it will do. */
export async function planStep(given: StepToPlan): Promise<{ kind: "planned"; step: PlannedStep } | Blocked> {
  const { step, operation, scope, context } = given;
  const filled = fillTemplates(jsonSchema.parse(step.with), scope);
  if (filled.kind !== "filled")
    return blocked(step, filled.says, "Correct what it names, then preview again.");
  const parsed = operation.definition.parameters.safeParse(filled.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.map(String).join(".") ?? "";
    return blocked(
      step,
      `parameter ${where} is not usable: ${issue?.message ?? "it does not fit"}`,
      "Correct the tenant's inputs or the runbook, then preview again.",
    );
  }
  const draft = await draftStep(operation, context, parsed.data);
  if (draft.disposition === "blocked") return { kind: "blocked", says: draft.says, advice: draft.advice };
  return { kind: "planned", step: render(given, jsonSchema.parse(parsed.data), draft) };
}

async function draftStep(
  operation: Operation,
  context: PlanContext,
  parameters: unknown,
): Promise<StepDraft> {
  try {
    return await operation.plan(context, parameters);
  } catch (error) {
    if (!(error instanceof NotYetError)) throw error;
    const { stepId, tenant, now } = context;
    const holdsSecret = (name: string) => context.holdsSecret(name);
    const blind = { stepId, tenant, holdsSecret, now, because: error.message };
    if (operation.planBlind) return operation.planBlind(blind, parameters);
    return defaultBlind(operation.definition, stepId, error);
  }
}

/** A read is left to its turn. A change that nobody looked at first is not planned. */
function defaultBlind(definition: OperationDefinition, stepId: string, error: NotYetError): StepDraft {
  if (definition.effect !== "read") {
    return {
      disposition: "blocked",
      says: `Step ${stepId} cannot be planned: what it would change cannot be read before ${error.waitsFor} has run.`,
      advice: "Move the step into a later stage of the runbook.",
    };
  }
  return {
    disposition: "read",
    says: error.message,
    outputs: Object.fromEntries(definition.outputs.map((output) => [output, outputRef(stepId, output)])),
    reads: [],
  };
}

type UsableDraft = Exclude<StepDraft, { disposition: "blocked" }>;

function render(given: StepToPlan, parameters: Json, draft: UsableDraft): PlannedStep {
  const { block, step, operation, scope } = given;
  const { definition } = operation;
  const changes = draft.disposition === "apply" || draft.disposition === "attempt";
  const calls = changes ? draft.calls : [];
  const title = fillText(step.title, scope);
  return {
    id: step.id,
    blockId: block.id,
    operation: definition.id,
    operationVersion: definition.version,
    identity: block.as,
    effect:
      calls.length === 0
        ? "read"
        : strictestEffect([definition.effect, ...calls.map(({ effect }) => effect)]),
    disposition: draft.disposition,
    parameters,
    calls,
    outputs: draft.outputs,
    generates: changes ? (draft.generates ?? []) : [],
    preconditions: draft.preconditions ?? [],
    save: step.save,
    expect: step.expect,
    ...(step.retry === undefined ? {} : { retry: step.retry }),
    words: {
      title: title.kind === "filled" ? title.value : step.title,
      says: `${draft.says}${retryWords(step, calls.length > 0)}`,
      reads: draft.reads,
      revert: changes ? draft.revert : null,
      ...(draft.removes ? { removes: draft.removes } : {}),
    },
  };
}

/** How often a step is tried, as its plan says it. */
export function retryWords({ retry }: Pick<RunbookStep, "retry">, changes: boolean): string {
  if (retry === undefined) return "";
  return changes
    ? ` Tried up to ${retry + 1} times, again only where an answer says that nothing was done.`
    : ` Tried up to ${retry + 1} times, until it is as expected.`;
}

/** What later steps of the same plan may read as saved: concrete, symbolic, or no longer known. */
export function foresee(saved: Map<string, Json>, step: PlannedStep): void {
  for (const [name, text] of Object.entries(step.save)) {
    const path = parsePath(text);
    const value = path === null ? undefined : valueAt(step.outputs, path);
    if (value !== undefined) saved.set(name, value);
    // What a change will make of it is not known, and what it was before would be wrong.
    else if (step.calls.length > 0) saved.delete(name);
  }
}

function blocked(step: RunbookStep, says: string, advice: string): Blocked {
  return { kind: "blocked", says: `Step ${step.id}: ${says}`, advice };
}
