import { describe, expect, it } from "vitest";
import { ROLES, type Role } from "../person/states.ts";
import { type Action, ACTIONS } from "./actions.ts";
import { decide, type PersonActor, type Separation } from "./decide.ts";
import { ACTION_WORDS, ROLE_RULES } from "./rules.ts";

/** The policy, written a second time: o operator, r reviewer, m manager, a admin, u auditor. */
const MATRIX: Record<Action, string> = {
  "inbox.read": "ormau",
  "tenant.read": "ormau",
  "tenant.create": "o",
  "runbook.read": "ormau",
  "runbook.edit": "om",
  "runbook.publish": "om",
  "runbook.decide": "rm",
  "runbook.read_through": "orm",
  "runbook.recall": "om",
  "policy.read": "ormau",
  "policy.edit": "om",
  "plan.preview": "o",
  "job.read": "ormau",
  "job.read_output": "oru",
  "job.run_read": "o",
  "job.request": "o",
  "job.withdraw": "o",
  "job.recheck": "or",
  "job.approve": "r",
  "job.sign": "or",
  "job.reject": "r",
  "job.start": "o",
  "job.use_standing": "o",
  "job.break_glass": "or",
  "break_glass.review": "rmau",
  "job.cancel": "or",
  "job.resolve": "or",
  "job.choose": "o",
  "job.attest_step": "ormau",
  "handover.reveal": "o",
  "proposal.read": "ormau",
  "proposal.decide": "rma",
  "proposal.withdraw": "orma",
  "rules.read": "ormau",
  "rules.propose": "ma",
  "rules.decide": "ma",
  "register.read": "ormau",
  "register.import": "om",
  "register.edit": "om",
  "register.log_session": "orm",
  "number.take": "orm",
  "item.move": "om",
  "item.attest": "orm",
  "item.accept_risk": "m",
  "item.rule": "m",
  "item.link": "orm",
  "item.gate": "orm",
  "item.ungate": "m",
  "change.add": "om",
  "standing.read": "ormau",
  "standing.propose": "orm",
  "standing.decide": "r",
  "freeze.set": "orma",
  "freeze.propose_lift": "orma",
  "freeze.decide_lift": "rma",
  "signer.read": "ormau",
  "signer.propose": "ora",
  "signer.decide": "ra",
  "signer.repin": "ora",
  "host.read": "ormau",
  "host.propose": "ora",
  "host.decide": "ra",
  "access.read": "ormau",
  "access.ask": "ormau",
  "access.propose": "oma",
  "access.decide": "rma",
  "certificate.read": "ormau",
  "certificate.sign": "oma",
  "certificate.revoke": "orma",
  "ssh_authority.propose": "oa",
  "ssh_authority.decide": "ra",
  "ssh_authority.try": "ora",
  "guest.read": "ormau",
  "guest.add_host": "o",
  "guest.save": "o",
  "guest.arm_recovery": "or",
  "guest.end_recovery": "orma",
  "check.read": "ormau",
  "check.set": "om",
  "check.attest": "or",
  "check.withdraw": "orma",
  "check.run": "o",
  "check.cancel": "or",
  "check.record": "om",
  "person.read": "au",
  "person.add": "a",
  "person.set_roles": "a",
  "person.disable": "a",
  "person.enable": "a",
  "session.end": "a",
  "account.read": "ormau",
  "session.prove": "ormau",
  "session.end_other": "ormau",
  "passkey.enrol": "ormau",
  "passkey.rename": "ormau",
  "passkey.remove": "ormau",
  "passkey.propose_forget": "a",
  "passkey.decide_forget": "ma",
  "password.change": "ormau",
  "audit.read": "au",
  "audit.sign": "au",
  "audit.export": "au",
  "evidence.export": "ormau",
  "register.export": "ormau",
  "item.create": "orm",
  "item.edit": "orm",
  "view.save": "ormau",
  "live.read": "ormau",
};
const LETTERS: Record<Role, string> = {
  operator: "o",
  reviewer: "r",
  manager: "m",
  admin: "a",
  auditor: "u",
};

/** Facts under which only the role decides. */
const NEUTRAL: Partial<Record<Action, Separation>> = {
  "job.attest_step": { assignedTo: { roles: [...ROLES], people: [], says: "anybody" } },
  "job.approve": { requestedBy: "someone else" },
  "job.sign": { requestedBy: "someone else" },
  "job.reject": { requestedBy: "someone else" },
  "proposal.decide": { requestedBy: "someone else" },
  "proposal.withdraw": { requestedBy: "ada" },
  "job.withdraw": { requestedBy: "ada" },
  "job.start": { requestedBy: "ada" },
  "job.use_standing": { requestedBy: "ada" },
  "break_glass.review": { involved: ["bob"], seatedBy: [] },
  "job.resolve": { seatedBy: [] },
};

const ada = (...roles: Role[]): PersonActor => ({
  kind: "person",
  personId: "ada",
  sessionId: "s",
  name: "Ada",
  email: "ada@example.org",
  roles,
});

const ask = (actor: PersonActor, action: Action, separation?: Separation) =>
  decide({ actor, action, ...(separation ? { separation } : {}) });

describe("decide", () => {
  it.each(ACTIONS.flatMap((action) => ROLES.map((role) => [role, action] as const)))(
    "%s: %s",
    (role, action) => {
      const decision = ask(ada(role), action, NEUTRAL[action]);
      expect(decision.effect).toBe(MATRIX[action].includes(LETTERS[role]) ? "allow" : "deny");
      if (decision.effect === "deny") {
        expect(decision).toMatchObject({ reason: "role_missing", couldBe: ROLE_RULES[action] });
        expect(decision.says).toContain(ACTION_WORDS[action]);
      } else expect(decision.actor.personId).toBe("ada");
    },
  );

  it.each(ACTIONS)("nobody without a role may: %s", (action) => {
    expect(ask(ada(), action, NEUTRAL[action]).effect).toBe("deny");
  });

  it.each(ACTIONS)("no part of the system acts in a person's place: %s", (action) => {
    for (const name of ["runner", "supervisor"] as const) {
      const decision = decide({
        actor: { kind: "system", name },
        action,
        separation: NEUTRAL[action] ?? {},
      });
      expect(decision).toMatchObject({ effect: "deny", reason: "not_a_person" });
    }
  });

  it.each(["job.approve", "job.sign", "job.reject", "proposal.decide"] as const)(
    "%s needs to know that the requester is another",
    (action) => {
      const everything = ada(...ROLES);
      expect(ask(everything, action, { requestedBy: "ada" })).toMatchObject({ reason: "self_approval" });
      expect(ask(everything, action)).toMatchObject({ reason: "facts_missing" });
      expect(ask(everything, action, { requestedBy: null })).toMatchObject({ reason: "facts_missing" });
      expect(ask(everything, action, { requestedBy: "bob" }).effect).toBe("allow");
    },
  );

  it.each(["job.withdraw", "job.start", "job.use_standing", "proposal.withdraw"] as const)(
    "%s belongs to the requester",
    (action) => {
      const everything = ada(...ROLES);
      expect(ask(everything, action, { requestedBy: "ada" }).effect).toBe("allow");
      for (const separation of [{ requestedBy: "bob" }, { requestedBy: null }, {}]) {
        expect(ask(everything, action, separation)).toMatchObject({ reason: "not_the_requester" });
      }
    },
  );

  it("job.resolve takes each person once", () => {
    const everything = ada(...ROLES);
    expect(ask(everything, "job.resolve", { seatedBy: [] }).effect).toBe("allow");
    expect(ask(everything, "job.resolve", { seatedBy: ["bob"] }).effect).toBe("allow");
    expect(ask(everything, "job.resolve", { seatedBy: ["bob", "ada"] })).toMatchObject({
      reason: "same_person",
    });
    expect(ask(everything, "job.resolve")).toMatchObject({ reason: "facts_missing" });
  });

  it.each(["job.approve", "job.reject", "proposal.decide"] as const)(
    "%s is not for the author, for whom the rules shut out, nor for a role that they miss",
    (action) => {
      const everything = ada(...ROLES.filter((role) => role !== "auditor"));
      const facts = { requestedBy: "bob" };
      for (const [reason, given] of [
        ["author", { authoredBy: ["bob", "ada"] }],
        ["excluded_by_rule", { excluded: ["ada"] }],
        ["role_missing", { needsRoles: [["admin"], ["auditor"]] }],
        ["no_rule", { needsRoles: [[]] }],
        ["same_person", { seatedBy: ["ada"] }],
        ["self_approval", { requestedBy: "ada", authoredBy: ["ada"], excluded: ["ada"] }],
      ] as const) {
        expect(ask(everything, action, { ...facts, ...given })).toMatchObject({ effect: "deny", reason });
      }
      const allowed = { authoredBy: ["bob"], excluded: ["bob"], seatedBy: ["bob"] };
      expect(
        ask(everything, action, { ...facts, ...allowed, needsRoles: [["auditor", "admin"]] }).effect,
      ).toBe("allow");
    },
  );

  it("break_glass.review is not for whoever asked for it or let it go", () => {
    const everything = ada(...ROLES);
    const given = { ...NEUTRAL["break_glass.review"], involved: ["bob"] };
    expect(ask(everything, "break_glass.review", given).effect).toBe("allow");
    expect(ask(everything, "break_glass.review", { ...given, involved: ["bob", "ada"] })).toMatchObject({
      reason: "involved",
    });
  });

  it.each(["plan.preview", "job.request", "job.approve", "job.start"] as const)(
    "%s of what an item without a ruling covers is denied, and the denial cites every one",
    (action) => {
      const everything = ada(...ROLES);
      const facts = { requestedBy: action === "job.start" ? "ada" : "bob", ...NEUTRAL[action] };
      const held = [
        { itemId: "1", code: "R-3", title: "Exposure" },
        { itemId: "2", code: "R-4", title: "Custody" },
      ];
      expect(ask(everything, action, { ...facts, heldBy: [] }).effect).toBe("allow");
      expect(ask(everything, action, { ...facts, heldBy: held.slice(0, 1) })).toMatchObject({
        reason: "ruling_pending",
        says: expect.stringContaining("R-3 is not ruled on, and it covers this"),
      });
      expect(ask(everything, action, { ...facts, heldBy: held })).toMatchObject({
        reason: "ruling_pending",
        says: expect.stringContaining("R-3, R-4 are not ruled on, and they cover this"),
        cites: held,
      });
    },
  );

  it("says who could, with the right article", () => {
    const decision = ask(ada("auditor"), "job.resolve", NEUTRAL["job.resolve"]);
    expect(decision.effect === "deny" && decision.says).toBe(
      "Your roles do not let you settle an unknown outcome. A person who is an operator or a reviewer can.",
    );
  });

  it.each<[string, Separation, string]>([
    ["nobody knows whom it is for", {}, "facts_missing"],
    [
      "it is for another role",
      { assignedTo: { roles: ["manager"], people: [], says: "a manager" } },
      "not_the_assignee",
    ],
    [
      "it is for another person",
      { assignedTo: { roles: [], people: ["olga"], says: "olga" } },
      "not_the_assignee",
    ],
    [
      "it has to be somebody else",
      { assignedTo: { roles: ["operator"], people: [], says: "an operator" }, differsFrom: ["olga", "ada"] },
      "must_differ",
    ],
  ])("a step by hand is not attested where %s", (_what, separation, reason) => {
    expect(ask(ada("operator"), "job.attest_step", separation)).toMatchObject({ effect: "deny", reason });
  });

  it.each<[string, { actor: PersonActor; action: Action; separation: Separation }, object]>([
    [
      "own request",
      { actor: ada("reviewer"), action: "job.approve", separation: { requestedBy: "ada" } },
      {
        ruleId: "second-person",
        reason: "self_approval",
        says: "You asked for this change yourself. Another person who is a reviewer has to decide it.",
      },
    ],
    [
      "own words",
      {
        actor: ada("reviewer"),
        action: "job.approve",
        separation: { requestedBy: "olga", authoredBy: ["ada"] },
      },
      {
        ruleId: "not-the-author",
        reason: "author",
        says: "You wrote what this runs. Somebody who did not write it has to decide it.",
      },
    ],
    [
      "nobody's request",
      { actor: ada("reviewer"), action: "job.approve", separation: {} },
      {
        ruleId: "separation",
        reason: "facts_missing",
        says: "It is not known who asked, so a second person cannot be proven.",
      },
    ],
    [
      "another's request",
      { actor: ada("operator"), action: "job.start", separation: { requestedBy: "olga" } },
      {
        ruleId: "requester-only",
        reason: "not_the_requester",
        says: "Only the person who asked may start an approved job.",
      },
    ],
    [
      "what I was in",
      {
        actor: ada("manager"),
        action: "break_glass.review",
        separation: { seatedBy: [], involved: ["ada"] },
      },
      {
        ruleId: "not-involved",
        reason: "involved",
        says: "You asked for this or let it go yourself. Two others have to look at it.",
      },
    ],
    [
      "a second answer",
      { actor: ada("operator"), action: "job.resolve", separation: { seatedBy: ["ada"] } },
      {
        ruleId: "distinct-seats",
        reason: "same_person",
        says: "You have given your answer. A second person has to give theirs.",
      },
    ],
    [
      "what rules shut out",
      {
        actor: ada("reviewer"),
        action: "job.approve",
        separation: { requestedBy: "olga", excluded: ["ada"] },
      },
      {
        ruleId: "approval-rules",
        reason: "excluded_by_rule",
        says: "The approval rules shut you out of deciding this.",
      },
    ],
    [
      "what no rule is about",
      {
        actor: ada("reviewer"),
        action: "job.approve",
        separation: { requestedBy: "olga", needsRoles: [[]] },
      },
      {
        ruleId: "approval-rules",
        reason: "no_rule",
        says: "No approval rule is about this, so nobody may decide it.",
      },
    ],
    [
      "what rules want more for",
      {
        actor: ada("reviewer"),
        action: "job.approve",
        separation: { requestedBy: "olga", needsRoles: [["manager"]] },
      },
      {
        ruleId: "approval-rules",
        reason: "role_missing",
        says: "The approval rules want this decided by a person who is also a manager.",
      },
    ],
    [
      "what waits for a ruling",
      {
        actor: ada("operator"),
        action: "job.request",
        separation: { heldBy: [{ itemId: "1", code: "R-3", title: "Exposure" }] },
      },
      {
        ruleId: "item-gate",
        reason: "ruling_pending",
        says: "R-3 is not ruled on, and it covers this. A person who is a manager can rule.",
      },
    ],
  ])("denies %s, names the rule and says why", (_what, asked, told) => {
    expect(decide(asked)).toMatchObject({ effect: "deny", ...told });
  });

  it("names the rule by which it lets somebody, or does not", () => {
    expect(decide({ actor: ada("operator"), action: "tenant.create" })).toMatchObject({
      ruleId: "role:tenant.create",
    });
    expect(decide({ actor: ada("auditor"), action: "tenant.create" })).toMatchObject({
      ruleId: "role:tenant.create",
    });
    expect(decide({ actor: { kind: "system", name: "runner" }, action: "tenant.create" })).toMatchObject({
      effect: "deny",
      ruleId: "person-only",
      says: "Only a signed-in person may start onboarding a tenant.",
    });
  });
});
