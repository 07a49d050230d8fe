import { randomUUID } from "node:crypto";
import { gateResult } from "#db/schema/job.ts";
import { evaluateGate, type GateVerdict } from "#server/domain/gate/evaluate.ts";
import type { PlannedGate } from "#server/domain/plan/plan.ts";
import { RunEnded } from "./endings.ts";
import { gateBody } from "./progress.ts";
import type { Run } from "./run.ts";
import { scopeOf } from "./stage-facts.ts";

/** Judges every gate of the stage on what was read back. A failed one throws RunEnded with what to do. */
export async function judgeGates(run: Run): Promise<void> {
  for (const gate of run.plan.gates) {
    await run.parts.boundary("in gate");
    const verdict = evaluateGate(gate, {
      ...scopeOf(run.facts, run.saved),
      steps: Object.fromEntries(run.steps),
    });
    // A gate judged in an earlier life of the run is on record; read-backs have not changed since.
    if (!run.progress.judgedGates.has(gate.id)) await keepVerdict(run, gate, verdict);
    sayVerdict(run, gate, verdict);
    if (!verdict.passed) throw failedGate(gate, verdict);
  }
}

async function keepVerdict(run: Run, gate: PlannedGate, verdict: GateVerdict): Promise<void> {
  await run.journal.within([{ kind: "gate", body: gateBody(gate.id, verdict.passed) }], async (tx) => {
    await tx.insert(gateResult).values({
      id: randomUUID(),
      jobId: run.job.id,
      gateId: gate.id,
      passed: verdict.passed,
      assertions: verdict.assertions.map((one) => ({
        ...one,
        expected: run.redactor.text(one.expected),
        observed: run.redactor.text(one.observed),
      })),
      at: run.parts.now(),
    });
  });
}

function sayVerdict(run: Run, gate: PlannedGate, verdict: GateVerdict): void {
  const held = verdict.assertions.filter(({ passed }) => passed).length;
  const count = `${held} of ${verdict.assertions.length} assertions hold`;
  run.say(verdict.passed ? "note" : "error", `${gate.id}: ${verdict.passed ? "passed" : "failed"}, ${count}`);
  for (const { passed, says, expected, observed } of verdict.assertions) {
    if (!passed) run.say("error", `not so: ${says}. Expected ${expected}, observed ${observed}`);
  }
}

function failedGate(gate: PlannedGate, verdict: GateVerdict): RunEnded {
  const failed = verdict.assertions.filter(({ passed }) => !passed);
  const [first] = failed;
  return new RunEnded({
    state: "failed",
    says: first
      ? `${gate.id} failed: ${failed.length} of ${verdict.assertions.length} assertions do not hold. "${first.says}": expected ${first.expected}, observed ${first.observed}. The next stage stays closed.`
      : `${gate.id} has no assertion, so it proves nothing. The next stage stays closed.`,
    advice: first?.advice ?? "Add assertions to the runbook's gate.",
  });
}
