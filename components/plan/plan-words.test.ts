import { describe, expect, test } from "vitest";
import type { PlannedCall, PlannedStep, StagePlan } from "#server/domain/plan/plan.ts";
import { describeDifference } from "./difference-words.ts";
import { countSteps, describeChanges, describeCounts } from "./plan-words.ts";
import { groupSteps } from "./step-groups.ts";

const call: PlannedCall = {
  id: "domain.create",
  method: "POST",
  service: "identity",
  path: "/domains",
  body: { domain: { name: "acme" } },
  effect: "mutate",
  accept: [201],
  captures: { id: "/domain/id" },
  seals: {},
  headers: {},
  probe: null,
};

function step(given: Partial<PlannedStep> & { id: string }): PlannedStep {
  return {
    blockId: "block-1",
    operation: "identity.domain.ensure",
    operationVersion: 1,
    identity: "operator-admin",
    effect: "mutate",
    disposition: "apply",
    parameters: {},
    calls: [call],
    outputs: {},
    generates: [],
    preconditions: [{ says: "No domain is named acme", observed: null }],
    save: {},
    expect: [],
    words: { title: "The domain", says: "It will be created.", reads: [], revert: null },
    ...given,
  };
}

const user = step({ id: "user", operation: "identity.user.ensure" });
const grant = (id: string) => step({ id, operation: "identity.domain_grant.ensure" });
const look = step({ id: "look", disposition: "read", effect: "read", calls: [] });

describe("describeChanges", () => {
  test.each([
    ["one of each", [step({ id: "a" }), user, grant("g")], "create 1 domain, 1 user and 1 role grant"],
    ["several of one", [grant("g"), grant("h")], "create 2 role grants"],
    [
      "two verbs",
      [
        user,
        step({ id: "q", operation: "compute.quota.ensure" }),
        step({ id: "r", operation: "network.quota.ensure" }),
      ],
      "create 1 user, and to set 2 quotas",
    ],
    [
      "attempts are named as such",
      [step({ id: "t", disposition: "attempt", operation: "identity.grant.attempt" })],
      "try 1 grant that must be refused",
    ],
    [
      "attempts come last, whatever the order of the steps",
      [step({ id: "t", disposition: "attempt" }), step({ id: "q", operation: "compute.quota.ensure" }), user],
      "set 1 quota, to create 1 user, and to try 1 grant that must be refused",
    ],
    ["an unknown operation", [step({ id: "x", operation: "dns.zone.ensure" })], "make 1 other change"],
    [
      "what is already so is not counted",
      [look, step({ id: "s", disposition: "already_so", calls: [] })],
      "look at 2 things",
    ],
  ])("%s", (_name, steps, words) => {
    expect(describeChanges(steps)).toBe(words);
  });
});

test("describeCounts tells sent from not sent", () => {
  expect(describeCounts(countSteps([step({ id: "a" }), user, look]))).toBe(
    "2 steps will change the cloud, 1 only looks. 2 calls are sent.",
  );
  expect(describeCounts(countSteps([look]))).toBe("1 only looks. Nothing is sent that changes anything.");
});

test("groupSteps cuts where the block or the identity changes and keeps the order", () => {
  const steps = [
    step({ id: "a" }),
    step({ id: "b" }),
    step({ id: "c", identity: "domain-manager" }),
    step({ id: "d", blockId: "block-2" }),
  ];
  expect(groupSteps(steps).map(({ from, steps: own }) => [from, own.map(({ id }) => id)])).toEqual([
    [1, ["a", "b"]],
    [3, ["c"]],
    [4, ["d"]],
  ]);
});

describe("describeDifference", () => {
  const plan: StagePlan = {
    format: 1,
    runbook: { slug: "onboard", contentHash: "sha256:0" },
    stage: { key: "1", hash: "sha256:1" },
    cloud: { id: "c", name: "omega" },
    tenant: { id: "t", slug: "acme" },
    effect: "mutate",
    steps: [step({ id: "domain" })],
    gates: [],
  };
  test.each([
    ["steps.0.calls.0.path", { where: "The domain", what: "POST /domains: path" }],
    ["steps.0.calls.0", { where: "The domain", what: "POST /domains" }],
    ["steps.0.preconditions.0", { where: "The domain", what: "No domain is named acme" }],
    ["steps.0.disposition", { where: "The domain", what: "what it will do" }],
    ["steps.0.parameters.name", { where: "The domain", what: "its parameters: name" }],
    ["steps.4", { where: "Step 5", what: "the whole step" }],
    ["stage.hash", { where: "The runbook's stage", what: "its text was changed" }],
    ["unheard.of", { where: "The plan", what: "unheard.of" }],
  ])("%s", (path, words) => {
    expect(describeDifference(path, plan)).toEqual(words);
  });
});
