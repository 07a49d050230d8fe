import { describe, expect, it } from "vitest";
import type { StagePlan } from "../plan/plan.ts";
import type { Effect } from "../plan/states.ts";
import { samplePlan } from "#server/testing/sample-plan.ts";
import { RECHECK_MAX_AGE_MS } from "../job/limits.ts";
import { JOB_STATES } from "../job/states.ts";
import { ROLES } from "../person/states.ts";
import { decide } from "../policy/decide.ts";
import {
  type ApprovalAnswer,
  type ApprovalFacts,
  type ApprovalRefusal,
  decideApproval,
  mutatingCalls,
  planEffect,
} from "./decide.ts";

const NOW = new Date("2026-03-04T12:00:00.000Z");
const after = (ms: number) => new Date(NOW.getTime() + ms);

const FACTS: ApprovalFacts = {
  state: "awaiting_approval",
  digest: "sha256:request",
  nonce: "nonce",
  expiresAt: after(1),
  contentDigest: "sha256:content",
  requesterIsActive: true,
  recheck: { state: "ready", contentDigest: "sha256:content", at: NOW },
  mutatingCallIds: ["domain.create", "manager.create"],
};
const ANSWER: ApprovalAnswer = {
  digest: "sha256:request",
  nonce: "nonce",
  tickedCallIds: ["domain.create", "manager.create"],
};

const recheck = (change: object): Partial<ApprovalFacts> => ({
  recheck: { state: "ready", contentDigest: "sha256:content", at: NOW, ...change },
});

describe("decideApproval", () => {
  it.each<[string, Partial<ApprovalFacts>, Partial<ApprovalAnswer>]>([
    ["what is frozen and still true", {}, {}],
    ["ticks in another order", {}, { tickedCallIds: ["manager.create", "domain.create"] }],
    ["a plan that changes nothing", { mutatingCallIds: [] }, { tickedCallIds: [] }],
    ["in the last millisecond before expiry", { expiresAt: after(1) }, {}],
    ["a comparison of exactly the greatest age", recheck({ at: after(-RECHECK_MAX_AGE_MS) }), {}],
  ])("allows %s", (_what, facts, answer) => {
    expect(decideApproval({ ...FACTS, ...facts }, { ...ANSWER, ...answer }, NOW)).toEqual({
      kind: "allowed",
    });
  });

  it.each<[string, ApprovalRefusal, Partial<ApprovalFacts>, Partial<ApprovalAnswer>]>([
    ["at the moment of expiry", "expired", { expiresAt: NOW }, {}],
    ["after expiry", "expired", { expiresAt: after(-1) }, {}],
    ["another digest", "stale", {}, { digest: "sha256:other" }],
    ["the content's digest for the request's", "stale", {}, { digest: "sha256:content" }],
    ["another nonce", "stale", {}, { nonce: "other" }],
    ["a requester who may no longer sign in", "requester_gone", { requesterIsActive: false }, {}],
    ["nothing ticked", "not_ticked", {}, { tickedCallIds: [] }],
    ["one change not ticked", "not_ticked", {}, { tickedCallIds: ["domain.create"] }],
    ["one tick twice for another", "not_ticked", {}, { tickedCallIds: ["domain.create", "domain.create"] }],
    ["a tick that is not in the plan", "not_ticked", {}, { tickedCallIds: [...ANSWER.tickedCallIds, "x"] }],
    ["no comparison", "not_rechecked", { recheck: null }, {}],
    ["a comparison under way", "not_rechecked", recheck({ state: "requested", contentDigest: null }), {}],
    [
      "a comparison a millisecond too old",
      "not_rechecked",
      recheck({ at: after(-RECHECK_MAX_AGE_MS - 1) }),
      {},
    ],
    ["a plan that can no longer be made", "blocked", recheck({ state: "blocked", contentDigest: null }), {}],
    ["a comparison that failed", "blocked", recheck({ state: "failed", contentDigest: null }), {}],
    ["a cloud that changed", "drift", recheck({ contentDigest: "sha256:other" }), {}],
    ["a comparison without a plan", "drift", recheck({ contentDigest: null }), {}],
  ])("refuses %s: %s", (_what, reason, ...[facts, answer]) => {
    const decision = decideApproval({ ...FACTS, ...facts }, { ...ANSWER, ...answer }, NOW);
    expect(decision).toMatchObject({ kind: "refused", reason });
    expect(decision.kind === "refused" && decision.says).toMatch(/\.$/);
  });

  it.each(JOB_STATES.filter((state) => state !== "awaiting_approval"))(
    "refuses a job that is %s",
    (state) => {
      expect(decideApproval({ ...FACTS, state }, ANSWER, NOW)).toMatchObject({ reason: "not_waiting" });
    },
  );
});

describe("a second person", () => {
  /** Every set of roles. */
  const COMBINATIONS = Array.from({ length: 2 ** ROLES.length }, (_unused, bits) =>
    ROLES.filter((_role, at) => Math.floor(bits / 2 ** at) % 2 === 1),
  );
  const person = (personId: string, roles: (typeof COMBINATIONS)[number]) =>
    ({ kind: "person", personId, sessionId: "s", name: "Ada", email: "ada@example.org", roles }) as const;

  it.each(COMBINATIONS.map((roles) => [roles.join("+") || "nobody", roles] as const))(
    "is never the requester, who is %s",
    (_name, roles) => {
      for (const action of ["job.approve", "job.reject"] as const) {
        const own = decide({ actor: person("ada", roles), action, separation: { requestedBy: "ada" } });
        expect(own).toMatchObject({ effect: "deny", reason: "self_approval" });
        const other = decide({ actor: person("ada", roles), action, separation: { requestedBy: "bob" } });
        expect(other.effect).toBe(roles.includes("reviewer") ? "allow" : "deny");
      }
    },
  );
});

describe("mutatingCalls", () => {
  it("lists every call in order with its step", () => {
    const calls = mutatingCalls(samplePlan());
    expect(calls.map(({ callId, step }) => [callId, step.id])).toEqual([
      ["domain.create", "domain"],
      ["manager.create", "manager"],
    ]);
  });

  it.each<[string, { effect?: "destroy"; seals?: Record<string, string>; generates?: string[] }, boolean]>([
    ["a plain change", {}, false],
    ["a destructive one", { effect: "destroy" }, true],
    ["one whose answer holds a secret", { seals: { a: "/a" } }, true],
    ["one of a step that generates a secret", { generates: ["svc_password"] }, true],
  ])("%s is ticked singly: %#", (_what, { generates = [], ...change }, singly) => {
    const plan = samplePlan();
    const steps = plan.steps.map((step) => ({
      ...step,
      generates,
      calls: step.calls.map((call) => ({ ...call, seals: {}, ...change })),
    }));
    expect(mutatingCalls({ ...plan, steps }).map((call) => call.singly)).toEqual([singly, singly]);
  });
});

describe("planEffect", () => {
  const plan = samplePlan();
  const quiet: StagePlan = {
    ...plan,
    effect: "read",
    steps: plan.steps.map((step) => ({ ...step, effect: "read" })),
  };
  const silent = quiet.steps.map((step) => ({ ...step, calls: [] }));

  it.each<[string, StagePlan, Effect]>([
    ["is what a plan declares", plan, "mutate"],
    ["is a read when nothing is sent or declared", { ...quiet, steps: silent }, "read"],
    ["counts calls of a plan that calls itself a read", quiet, "mutate"],
    [
      "counts what a step declares",
      { ...quiet, steps: silent.map((step) => ({ ...step, effect: "destroy" as const })) },
      "destroy",
    ],
    [
      "counts one destructive call among others",
      {
        ...plan,
        steps: plan.steps.map((step) => ({
          ...step,
          calls: step.calls.map((call) => ({ ...call, effect: "destroy" as const })),
        })),
      },
      "destroy",
    ],
    ["never gets milder than declared", { ...plan, effect: "destroy" as const, steps: [] }, "destroy"],
  ])("%s", (_what, of, effect) => {
    expect(planEffect(of)).toBe(effect);
  });
});
