import { describe, expect, it } from "vitest";
import type { Role } from "#server/domain/person/states.ts";
import type { PersonNow } from "#server/domain/policy/right-now.ts";
import type { Requirement } from "#server/domain/rule/requirement.ts";
import { type AuthorityFacts, decideStart } from "./authority.ts";

const NOW = new Date("2026-07-01T12:00:00Z");

const person = (id: string, roles: Role[], isDisabled = false): PersonNow => ({
  id,
  name: id,
  email: `${id}@example.org`,
  isDisabled,
  roles,
});

const olga = person("olga", ["operator"]);
const rita = person("rita", ["reviewer"]);

const NEEDED: Requirement = {
  approvers: 1,
  roles: [],
  stepUp: true,
  signatures: [],
  windows: [],
  never: [],
  rules: ["Changes"],
};

function facts(change: Partial<AuthorityFacts> = {}): AuthorityFacts {
  return {
    effect: "mutate",
    digest: "sha256:a",
    expiresAt: new Date(NOW.getTime() + 1),
    consumedAt: null,
    requester: olga,
    approvals: [approvalBy(rita)],
    signature: null,
    requirement: NEEDED,
    separation: { requestedBy: "olga" },
    frozen: null,
    heldBy: [],
    standing: null,
    emergency: null,
    ...change,
  };
}

function signedBy(by: PersonNow): AuthorityFacts["signature"] {
  return { refusal: null, person: by };
}

function approvalBy(by: PersonNow, change: Partial<AuthorityFacts["approvals"][number]> = {}) {
  return { digest: "sha256:a", decision: "approve" as const, person: by, sessionId: "s", ...change };
}

describe("what an emergency let go", () => {
  const emergency = { personId: "olga", lost: null };
  const signature = signedBy(rita);
  it("starts without an approval, outside of windows, and names who let it go", () => {
    const windows = [{ days: [7], from: "01:00", to: "01:01" }];
    expect(
      decideStart(
        facts({ approvals: [], emergency, signature, requirement: { ...NEEDED, approvers: 3, windows } }),
        NOW,
      ),
    ).toEqual({ kind: "may_run", reason: "break_glass", approvedBy: ["olga"] });
  });

  it.each<[string, Partial<AuthorityFacts>, string]>([
    ["a signature", { signature: null }, "pending_signature"],
    ["a signature of somebody else than its requester", { signature: signedBy(olga) }, "signer_gone"],
    ["the right of who let it go", { emergency: { personId: "olga", lost: "Gone." } }, "emergency_gone"],
    ["a rule", { requirement: null }, "no_rule"],
    ["changes that are not frozen", { frozen: { setBy: "Mara" } }, "frozen"],
    ["that nobody refused it", { approvals: [approvalBy(rita, { decision: "reject" })] }, "rejected"],
  ])("does not start without %s", (_name, change, reason) => {
    expect(decideStart(facts({ approvals: [], emergency, signature, ...change }), NOW)).toMatchObject({
      kind: "refused",
      reason,
    });
  });
});

describe("what may start", () => {
  it.each<[string, Partial<AuthorityFacts>]>([
    ["a change that another person approved", {}],
    ["a read by an operator, without anybody", { effect: "read", approvals: [] }],
    [
      "a destructive one that is approved and signed by a third",
      { effect: "destroy", signature: signedBy(person("sam", ["operator"])) },
    ],
    ["a destructive one that its approver signed", { effect: "destroy", signature: signedBy(rita) }],
    ["a read while changes are frozen", { effect: "read", approvals: [], frozen: { setBy: "Ada" } }],
    [
      "with as many approvals as the rules want",
      {
        requirement: { ...NEEDED, approvers: 2 },
        approvals: [approvalBy(rita), approvalBy(person("rolf", ["reviewer"]))],
      },
    ],
    ["one standing approval of two", { approvals: [approvalBy(person("rolf", [])), approvalBy(rita)] }],
  ])("%s", (_what, change) => expect(decideStart(facts(change), NOW).kind).toBe("may_run"));
});

describe("what may not start", () => {
  it.each<[string, Partial<AuthorityFacts>, string]>([
    ["at the very end of its time", { expiresAt: NOW }, "expired"],
    ["with a spent approval", { consumedAt: NOW }, "consumed"],
    ["without approval", { approvals: [] }, "not_approved"],
    [
      "approved in another version",
      { approvals: [approvalBy(rita, { digest: "sha256:b" })] },
      "not_approved",
    ],
    [
      "refused by anybody",
      { approvals: [approvalBy(rita), approvalBy(rita, { decision: "reject" })] },
      "rejected",
    ],
    [
      "approved by its requester",
      { approvals: [approvalBy(person("olga", ["operator", "reviewer"]))] },
      "approver_gone",
    ],
    ["whose approver lost the role", { approvals: [approvalBy(person("rita", []))] }, "approver_gone"],
    [
      "whose approver is disabled",
      { approvals: [approvalBy(person("rita", ["reviewer"], true))] },
      "approver_gone",
    ],
    ["whose requester lost the role", { requester: person("olga", ["auditor"]) }, "requester_gone"],
    ["whose requester is disabled", { requester: person("olga", ["operator"], true) }, "requester_gone"],
    [
      "a read by somebody without the right",
      { effect: "read", requester: person("adam", ["admin"]) },
      "requester_gone",
    ],
    ["while changes are frozen", { frozen: { setBy: "Ada" } }, "frozen"],
    ["that no rule is about", { requirement: null, separation: { needsRoles: [[]] } }, "no_rule"],
    ["with one approval of two", { requirement: { ...NEEDED, approvers: 2 } }, "quorum"],
    [
      "with two approvals of one person",
      { requirement: { ...NEEDED, approvers: 2 }, approvals: [approvalBy(rita), approvalBy(rita)] },
      "quorum",
    ],
    [
      "with two approvals of which one no longer counts",
      {
        requirement: { ...NEEDED, approvers: 2 },
        approvals: [approvalBy(rita), approvalBy(person("rolf", ["reviewer"], true))],
      },
      "approver_gone",
    ],
    [
      "that a rule of nobody's approval lets through",
      { requirement: { ...NEEDED, approvers: 0 }, approvals: [] },
      "not_approved",
    ],
    [
      "outside of its window",
      { requirement: { ...NEEDED, windows: [{ days: [1], from: "00:00", to: "23:59" }] } },
      "outside_window",
    ],
    [
      "approved by its author",
      { separation: { requestedBy: "olga", authoredBy: ["rita"] } },
      "approver_gone",
    ],
    [
      "approved by whom the rules now shut out",
      { separation: { requestedBy: "olga", excluded: ["rita"] } },
      "approver_gone",
    ],
    ["a destructive one without a signature", { effect: "destroy" }, "pending_signature"],
    [
      "a signed one without an approval",
      { effect: "destroy", approvals: [], signature: signedBy(person("sam", ["reviewer"])) },
      "not_approved",
    ],
    [
      "one whose signature no longer holds",
      { effect: "destroy", signature: { refusal: { reason: "ErrExpired", says: "It." }, person: null } },
      "ErrExpired",
    ],
    [
      "one signed by nobody known",
      { effect: "destroy", signature: { refusal: null, person: null } },
      "signer_gone",
    ],
    [
      "one signed by its requester",
      { effect: "destroy", signature: signedBy(person("olga", ["operator", "reviewer"])) },
      "signer_gone",
    ],
    [
      "one whose signer is disabled",
      { effect: "destroy", signature: signedBy(person("sam", ["reviewer"], true)) },
      "signer_gone",
    ],
    [
      "one whose signer lost the role",
      { effect: "destroy", signature: signedBy(person("sam", ["auditor"])) },
      "signer_gone",
    ],
  ])("%s", (_what, change, reason) => {
    const verdict = decideStart(facts(change), NOW);
    expect(verdict).toMatchObject({ kind: "refused", reason });
  });
});
