import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROLES } from "../person/states.ts";
import { EFFECTS } from "../plan/states.ts";
import { isOpenAt, type Requirement, requirementOf, stricter } from "./requirement.ts";
import { DEFAULT_RULES, type Rule, type RuleSet, type RuleSubject, type Window } from "./rule.ts";
import { ruleSetSchema } from "./schema.ts";
import { describeRequirement, describeRules } from "./sentences.ts";
import { SIGNATURE_ROLES } from "./states.ts";

const ID = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
const ids = fc.uniqueArray(fc.constantFrom(ID, OTHER, "33333333-3333-4333-8333-333333333333"));
const windows = fc.constantFrom<Window>(
  { days: [1, 2, 3], from: "08:00", to: "12:00" },
  { days: [3, 1, 2], from: "08:00", to: "12:00" },
  { days: [6], from: "00:00", to: "23:59" },
);
const demands = fc.record({
  approvers: fc.integer({ min: 0, max: 5 }),
  roles: fc.uniqueArray(fc.constantFrom(...ROLES)),
  stepUp: fc.boolean(),
  signature: fc.constantFrom(null, ...SIGNATURE_ROLES),
  window: fc.option(windows),
  never: ids,
});
const when = fc.record({
  effects: fc.uniqueArray(fc.constantFrom(...EFFECTS)),
  operations: fc.uniqueArray(fc.constantFrom("a.make", "b.make")),
  clouds: ids,
  tenants: ids,
  stages: fc.uniqueArray(fc.constantFrom("1", "2")),
});
const rules = fc
  .array(fc.record({ when, demands }), { minLength: 1, maxLength: 6 })
  .map((list): Rule[] => list.map((rule, at) => ({ ...rule, name: `Rule ${at}` })));
const sets = rules.map((list): RuleSet => ({ format: "rules/1", rules: list, breakGlass: [] }));
const subjects = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  operations: fc.uniqueArray(fc.constantFrom("a.make", "b.make"), { minLength: 1 }),
  cloudId: fc.constantFrom(ID, OTHER),
  tenantId: fc.constantFrom(ID, OTHER),
  stageKey: fc.constantFrom("1", "2"),
});

const ANY = { effects: [], operations: [], clouds: [], tenants: [], stages: [] };
const subject: RuleSubject = {
  effect: "mutate",
  operations: ["a.make"],
  cloudId: ID,
  tenantId: ID,
  stageKey: "1",
};
/** Requirements as they come: of any rules about anything. */
const requirements = fc
  .tuple(rules, subjects)
  .map(([list, about]) =>
    requirementOf(
      { format: "rules/1", rules: list.map((rule) => ({ ...rule, when: ANY })), breakGlass: [] },
      about,
    ),
  )
  .filter((one) => one !== null);

const isAtLeast = (one: Requirement, other: Requirement) => expect(stricter(one, other)).toEqual(one);

describe("stricter", () => {
  it("is associative, commutative and idempotent", () => {
    fc.assert(
      fc.property(requirements, requirements, requirements, (a, b, c) => {
        expect(stricter(a, stricter(b, c))).toEqual(stricter(stricter(a, b), c));
        expect(stricter(a, b)).toEqual(stricter(b, a));
        expect(stricter(a, a)).toEqual(a);
      }),
    );
  });

  it("never asks for less than either", () => {
    fc.assert(
      fc.property(requirements, requirements, (a, b) => {
        const both = stricter(a, b);
        isAtLeast(both, a);
        isAtLeast(both, b);
        expect(both.approvers).toBe(Math.max(a.approvers, b.approvers));
        expect(both.never).toEqual(expect.arrayContaining([...a.never, ...b.never]));
      }),
    );
  });
});

describe("requirementOf", () => {
  it("does not depend on the order of the rules, and one rule more never makes it milder", () => {
    fc.assert(
      fc.property(sets, subjects, (set, about) => {
        const whole = requirementOf(set, about);
        expect(requirementOf({ ...set, rules: set.rules.toReversed() }, about)).toEqual(whole);
        const fewer = requirementOf({ ...set, rules: set.rules.slice(1) }, about);
        if (fewer !== null && whole !== null) isAtLeast(whole, fewer);
        if (fewer !== null) expect(whole).not.toBeNull();
      }),
    );
  });

  it("asks a second person for every change and a signature for destruction, whatever the rules say", () => {
    const nothing = { approvers: 0, roles: [], stepUp: false, signature: null, window: null, never: [] };
    const set: RuleSet = {
      format: "rules/1",
      rules: [{ name: "Lax", when: ANY, demands: nothing }],
      breakGlass: [],
    };
    expect(requirementOf(set, subject)).toMatchObject({ approvers: 1 });
    expect(requirementOf(set, { ...subject, effect: "destroy" })).toMatchObject({
      approvers: 1,
      stepUp: true,
      signatures: ["operational"],
    });
    expect(requirementOf(set, { ...subject, effect: "read" })).toMatchObject({ approvers: 0 });
  });

  it.each<[string, Partial<Rule["when"]>, boolean]>([
    ["anything", {}, true],
    ["this effect", { effects: ["mutate"] }, true],
    ["another effect", { effects: ["read", "destroy"] }, false],
    ["one of the operations", { operations: ["x", "a.make"] }, true],
    ["another operation", { operations: ["a"] }, false],
    ["this cloud and another", { clouds: [OTHER, ID] }, true],
    ["another cloud", { clouds: [OTHER] }, false],
    ["another tenant", { tenants: [OTHER] }, false],
    ["another stage", { stages: ["11"] }, false],
    ["this stage on another cloud", { stages: ["1"], clouds: [OTHER] }, false],
  ])("a rule about %s", (_what, change, isAbout) => {
    const [reads] = DEFAULT_RULES.rules;
    const rule = { name: "R", demands: reads?.demands ?? never(), when: { ...ANY, ...change } };
    expect(requirementOf({ ...DEFAULT_RULES, rules: [rule] }, subject) !== null).toBe(isAbout);
  });

  it("says of the default that reads need nobody, changes one, destruction one and a signature", () => {
    const of = (effect: RuleSubject["effect"]) => requirementOf(DEFAULT_RULES, { ...subject, effect });
    expect(of("read")).toMatchObject({ approvers: 0, signatures: [] });
    expect(of("mutate")).toMatchObject({ approvers: 1, signatures: [], stepUp: true });
    expect(of("destroy")).toMatchObject({ approvers: 1, signatures: ["operational"], stepUp: true });
  });
});

describe("isOpenAt", () => {
  const weekday = { days: [1, 2, 3, 4, 5], from: "08:00", to: "17:30" };
  it.each<[string, string, boolean]>([
    ["Monday, at the first minute", "2026-03-02T08:00:00.000Z", true],
    ["the millisecond before", "2026-03-02T07:59:59.999Z", false],
    ["the last millisecond", "2026-03-02T17:29:59.999Z", true],
    ["the end", "2026-03-02T17:30:00.000Z", false],
    ["Sunday", "2026-03-01T12:00:00.000Z", false],
    ["Saturday", "2026-02-28T12:00:00.000Z", false],
  ])("%s", (_what, at, open) => expect(isOpenAt([weekday], new Date(at))).toBe(open));

  it("needs all windows, and none is always open", () => {
    const at = new Date("2026-03-01T12:00:00Z");
    expect(isOpenAt([], at)).toBe(true);
    expect(isOpenAt([{ days: [7], from: "00:00", to: "23:59" }], at)).toBe(true);
    expect(isOpenAt([{ days: [7], from: "00:00", to: "23:59" }, weekday], at)).toBe(false);
  });
});

describe("a set of rules", () => {
  const [rule] = DEFAULT_RULES.rules;
  it.each<[string, unknown]>([
    ["nothing", null],
    ["no rule", { ...DEFAULT_RULES, rules: [] }],
    ["another format", { ...DEFAULT_RULES, format: "rules/2" }],
    ["a field nobody knows", { ...DEFAULT_RULES, admin: true }],
    ["two rules of one name", { ...DEFAULT_RULES, rules: [rule, rule] }],
    ["a person twice for emergencies", { ...DEFAULT_RULES, breakGlass: [ID, ID] }],
    ["nobody by a name for emergencies", { ...DEFAULT_RULES, breakGlass: ["olivia"] }],
    ["a person who is no id", withDemands({ never: ["olivia"] })],
    ["a signature for what only reads", withDemands({ signature: "operational" })],
    [
      "a window that ends before it begins",
      withDemands({ window: { days: [1], from: "10:00", to: "09:00" } }),
    ],
    ["a window of no day", withDemands({ window: { days: [], from: "08:00", to: "09:00" } })],
    ["an hour that is none", withDemands({ window: { days: [1], from: "08:00", to: "24:00" } })],
    ["half an approver", withDemands({ approvers: 0.5 })],
    ["fewer than nobody", withDemands({ approvers: -1 })],
    ["approvers as text", withDemands({ approvers: "2" })],
    ["a role that does not exist", withDemands({ roles: ["root"] })],
  ])("is not %s", (_what, content) => expect(ruleSetSchema.safeParse(content).success).toBe(false));

  it("is read back as it is written, in sentences that name people", () => {
    expect(ruleSetSchema.parse(DEFAULT_RULES)).toEqual(DEFAULT_RULES);
    expect(describeRules(DEFAULT_RULES, (id) => id)).toEqual([
      "Reads: reads need nobody's approval.",
      "Changes: changes need the approval of one other person, given with a fresh proof of who gives it.",
      "Destruction: destruction needs the approval of one other person, given with a fresh proof of who gives it, a signature by an operational key.",
      "Certificates of type adm are signed for: Manager, Admin.",
      "Certificates of type agt are signed for: Operator, Manager, Admin.",
      "Certificates of type atm are signed for: Operator, Manager, Admin.",
      "In an emergency: nobody may let a change go without its approval.",
    ]);
    const more = describeRules(
      {
        ...DEFAULT_RULES,
        rules: [
          {
            name: "Big",
            when: { ...ANY, stages: ["4"], clouds: [OTHER] },
            demands: {
              approvers: 2,
              roles: ["manager", "admin"],
              stepUp: false,
              signature: null,
              window: { days: [1, 2], from: "08:00", to: "09:00" },
              never: [ID],
            },
          },
        ],
      },
      (id) => (id === ID ? "Ada" : "omega"),
    );
    expect(more[0]).toBe(
      "Big: everything on the cloud omega in stage 4 needs the approvals of 2 other people, each of them a manager or an admin. Only on Monday and Tuesday from 08:00 to 09:00 UTC. Never approved by Ada.",
    );
  });

  it("says what a job needs", () => {
    const needed = requirementOf(DEFAULT_RULES, { ...subject, effect: "destroy" });
    expect(needed && describeRequirement(needed)).toEqual([
      "The approval of one other person.",
      "Whoever approves proves again who they are.",
      "A signature by an operational key.",
    ]);
  });
});

function withDemands(change: object): unknown {
  const [first, ...rest] = DEFAULT_RULES.rules;
  return { ...DEFAULT_RULES, rules: [{ ...first, demands: { ...first?.demands, ...change } }, ...rest] };
}

function never(): never {
  throw new Error("The default has rules.");
}
