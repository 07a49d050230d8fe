import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDigest } from "../canonical/json.ts";
import type { PersonActor } from "../policy/decide.ts";
import type { Requirement } from "../rule/requirement.ts";
import { checkEnvelope } from "./check.ts";
import { type DecisionPolicy, decideQuestion } from "./decide.ts";
import { actionPolicy, EXECUTE, jobQuestion } from "./job-question.ts";

const AT = new Date("2026-03-04T09:00:00.000Z");

const question = jobQuestion({
  personId: "rita",
  action: "job.approve",
  job: {
    id: "11111111-1111-4111-8111-111111111111",
    number: 4,
    tenantId: "t1",
    digest: "sha256:aa",
    contentDigest: "sha256:bb",
    effect: "mutate",
  },
});

const policy: DecisionPolicy = {
  package: "test",
  version: "rules/1",
  etag: canonicalDigest({ roles: ["reviewer"] }),
  evaluate: () => ({ effect: "allow", reason: "right_held", rule: "role:job.approve" }),
};

const envelope = decideQuestion(question, policy, AT);

describe("an answer", () => {
  it("has the documented form", () => {
    expect(envelope).toEqual({
      id: expect.stringMatching(/^decision:[0-9a-f]{16}$/),
      effect: "allow",
      reason: "right_held",
      matched_policy_version: "rules/1",
      matched_rule: "role:job.approve",
      subject: { id: "person:rita", type: "human", tenant: "tenant:platform" },
      resource: {
        id: "job:11111111-1111-4111-8111-111111111111",
        type: "job",
        system: "countersign",
        tenant: "tenant:t1",
      },
      obligations: [],
      provenance: {
        evaluator: "countersign",
        mode: "in_process",
        policy_package: "test",
        policy_version: "rules/1",
        directory_etag: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        decision_time: "2026-03-04T09:00:00.000Z",
      },
    });
    expect(checkEnvelope(envelope, question)).toEqual({ kind: "read", envelope });
  });

  it("echoes the id of the request, and only where there is one", () => {
    const asked = { ...question, request_id: "r-1" };
    const answer = decideQuestion(asked, policy, AT);
    expect(answer.request_id).toBe("r-1");
    expect(checkEnvelope(answer, asked).kind).toBe("read");
    expect(checkEnvelope(answer, question)).toMatchObject({ fault: "other_request" });
    expect(checkEnvelope(envelope, asked)).toMatchObject({ fault: "other_request" });
  });

  it("has the same id for the same inputs, whenever it is asked", () => {
    const later = decideQuestion(structuredClone(question), { ...policy }, new Date(AT.getTime() + 1));
    expect(later.id).toBe(envelope.id);
    expect(later.provenance.decision_time).not.toBe(envelope.provenance.decision_time);
  });

  it.each([
    ["another person", { ...question, subject: { ...question.subject, id: "person:bob" } }, policy],
    ["another action", { ...question, action: EXECUTE }, policy],
    ["another job", { ...question, resource: { ...question.resource, id: "job:2" } }, policy],
    ["another digest", { ...question, context: { ...question.context, digest: "sha256:ab" } }, policy],
    ["attributes", { ...question, subject: { ...question.subject, attributes: {} } }, policy],
    ["other rules", question, { ...policy, version: "rules/2" }],
    ["other people", question, { ...policy, etag: canonicalDigest({ roles: [] }) }],
  ] as const)("has another id for %s", (_name, asked, by) => {
    expect(decideQuestion(asked, by, AT).id).not.toBe(envelope.id);
  });

  it("has one id for each digest", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const idOf = (digest: string) => decideQuestion({ ...question, context: { digest } }, policy, AT).id;
        fc.pre(one.isWellFormed() && other.isWellFormed());
        expect(idOf(one) === idOf(other)).toBe(one === other);
      }),
    );
  });
});

describe("what is no answer to this question", () => {
  const { id: _id, ...withoutId } = envelope;
  it.each<[string, unknown, string]>([
    ["nothing", undefined, "malformed"],
    ["null", null, "malformed"],
    ["true", true, "malformed"],
    ["allow as a text", "allow", "malformed"],
    ["an allow without an id", withoutId, "malformed"],
    ["an effect in capitals", { ...envelope, effect: "ALLOW" }, "malformed"],
    ["an effect with a space", { ...envelope, effect: "allow " }, "malformed"],
    ["an effect that is true", { ...envelope, effect: true }, "malformed"],
    ["a field that nobody knows", { ...envelope, also: 1 }, "malformed"],
    ["a free id", { ...envelope, id: "decision:mine" }, "malformed"],
    ["the id of another question", { ...envelope, id: "decision:0000000000000000" }, "wrong_id"],
    ["another version than it was matched by", { ...envelope, matched_policy_version: "x" }, "wrong_id"],
    [
      "another directory",
      {
        ...envelope,
        provenance: { ...envelope.provenance, directory_etag: `sha256:${"0".repeat(64)}` },
      },
      "wrong_id",
    ],
    ["another subject", { ...envelope, subject: { ...envelope.subject, id: "person:bob" } }, "other_request"],
    ["another resource", { ...envelope, resource: { ...envelope.resource, id: "job:2" } }, "other_request"],
    ["an obligation", { ...envelope, obligations: [{ type: "mask" }] }, "unknown_obligation"],
  ])("%s", (_name, answer, fault) => {
    expect(checkEnvelope(answer, question)).toMatchObject({ kind: "unfit", fault });
  });
});

describe("the console's own table, as a policy", () => {
  const needed: Requirement = {
    approvers: 1,
    roles: [],
    stepUp: true,
    signatures: [],
    windows: [],
    never: [],
    rules: ["Changes"],
  };
  const rita: PersonActor = {
    kind: "person",
    personId: "rita",
    sessionId: "s",
    name: "Rita",
    email: "rita@example.org",
    roles: ["reviewer"],
  };
  const answer = (change: Partial<Parameters<typeof actionPolicy>[0]>) =>
    decideQuestion(
      question,
      actionPolicy({
        actor: rita,
        action: "job.approve",
        separation: { requestedBy: "olga" },
        requirement: needed,
        rulesVersion: 3,
        ...change,
      }),
      AT,
    );

  it("allows what the table and the rules allow, and says which rules", () => {
    expect(answer({})).toMatchObject({
      effect: "allow",
      reason: "right_held",
      matched_rule: "role:job.approve",
      matched_policy_version: "rules/3",
    });
  });

  it.each([
    ["no rule", { requirement: null }, "no_rule"],
    ["the requester", { separation: { requestedBy: "rita" } }, "self_approval"],
    [
      "whoever the rules shut out",
      { separation: { requestedBy: "olga", excluded: ["rita"] } },
      "excluded_by_rule",
    ],
    ["the author", { separation: { requestedBy: "olga", authoredBy: ["rita"] } }, "author"],
    ["a person without the role", { actor: { ...rita, roles: [] } }, "role_missing"],
    ["nobody knows who asked", { separation: {} }, "facts_missing"],
  ] as const)("denies: %s", (_name, change, reason) => {
    expect(answer(change)).toMatchObject({ effect: "deny", reason });
  });
});
