import { describe, expect, it } from "vitest";
import type { PlannedGate } from "../plan/plan.ts";
import { evaluateExpectations, evaluateGate, type GateScope } from "./evaluate.ts";

const SCOPE: GateScope = {
  tenant: { slug: "acme" },
  inputs: { cores: 20 },
  saved: { domain_id: "d1", assignments: ["manager on domain:d1"], quota: 20 },
  steps: { no_admin: { granted: false, user_exists: true } },
};

const gate = (...that: string[]): PlannedGate => ({
  id: "g",
  assertions: that.map((text, at) => ({ that: text, says: `Says ${at}`, advice: `Advice ${at}` })),
});

describe("evaluateGate", () => {
  it.each<[string, string[], boolean[]]>([
    ["saved evidence", ["saved.domain_id exists"], [true]],
    ["read-backs of this run", ["steps.no_admin.granted is false"], [true]],
    [
      "a template in a text",
      ['saved.assignments exactly ["manager on domain:{{ saved.domain_id }}"]'],
      [true],
    ],
    ["a template for a number", ["saved.quota is {{ inputs.cores }}"], [true]],
    ["a template of another type", ['saved.quota is "{{ inputs.cores }}"'], [false]],
    ["every assertion, also after a failed one", ["saved.x exists", "saved.domain_id exists"], [false, true]],
    ["a value nobody saved", ["saved.domain_id is {{ saved.nope }}"], [false]],
    ["the absence of a value nobody saved", ["saved.domain_id is not {{ saved.nope }}"], [false]],
    ["a text that is no expression", ["saved.domain_id"], [false]],
    ["a read-back that is missing", ["steps.other.granted is false"], [false]],
  ])("%s", (_what, that, passed) => {
    const verdict = evaluateGate(gate(...that), SCOPE);
    expect(verdict.assertions.map((assertion) => assertion.passed)).toEqual(passed);
    expect(verdict.passed).toBe(passed.every(Boolean));
  });

  it("does not pass without an assertion", () => {
    expect(evaluateGate(gate(), SCOPE)).toEqual({ passed: false, assertions: [] });
  });

  it("shows what was expected and what was seen, with the sentence and the advice", () => {
    const planned: PlannedGate = {
      id: "g",
      assertions: [
        {
          that: "saved.quota is 21",
          says: "The quota of {{ tenant.slug }}",
          advice: "Ask {{ saved.nope }}.",
        },
      ],
    };
    expect(evaluateGate(planned, SCOPE).assertions).toEqual([
      {
        that: "saved.quota is 21",
        says: "The quota of acme",
        advice: "Ask {{ saved.nope }}.",
        expected: "21",
        observed: "20",
        passed: false,
      },
    ]);
  });

  it("says which name had no value", () => {
    const [assertion] = evaluateGate(gate("saved.quota is {{ saved.nope }}"), SCOPE).assertions;
    expect(assertion?.observed).toContain("saved.nope");
  });
});

describe("evaluateExpectations", () => {
  it("starts paths at the values of the read-back", () => {
    const judged = evaluateExpectations(
      ['id is "d1"', "enabled is true", "id is {{ saved.domain_id }}"],
      { id: "d1" },
      SCOPE,
    );
    expect(judged.map(({ passed }) => passed)).toEqual([true, false, true]);
    expect(judged[1]).toEqual({
      that: "enabled is true",
      expected: "true",
      observed: "nothing",
      passed: false,
    });
  });

  it("has nothing to say about nothing", () => {
    expect(evaluateExpectations([], {})).toEqual([]);
  });
});
