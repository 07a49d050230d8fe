import { canonicalDigest, type Json } from "#server/domain/canonical/json.ts";
import type { DecisionPolicy } from "#server/domain/decision/decide.ts";
import { policyVersion, separationJson } from "#server/domain/decision/job-question.ts";
import type { PersonNow } from "#server/domain/policy/right-now.ts";
import type { Authority, AuthorityFacts } from "./authority.ts";

/** Whether a queued job may start, as a policy: what `decideStart` said, over everything that it looked at. */
export function startPolicy(of: {
  facts: AuthorityFacts;
  authority: Authority;
  rulesVersion: number;
  /** The decision of a service elsewhere that allowed it as well; null where none is asked. */
  outside: string | null;
}): DecisionPolicy {
  const { facts, authority } = of;
  return {
    package: "countersign/start",
    version: policyVersion(of.rulesVersion),
    etag: canonicalDigest({
      requester: personJson(facts.requester),
      requirement: facts.requirement,
      separation: separationJson(facts.separation),
      frozen: facts.frozen !== null,
      approvals: facts.approvals.map(({ person, digest, decision }) => ({
        person: personJson(person),
        digest,
        decision,
      })),
      emergency:
        facts.emergency === null
          ? null
          : { by: facts.emergency.personId, holds: facts.emergency.lost === null },
      standing:
        facts.standing === null
          ? null
          : {
              approved_by: [...facts.standing.approvedBy],
              obstacle: facts.standing.obstacle?.reason ?? null,
            },
      signed_by: facts.signature?.person ? personJson(facts.signature.person) : null,
      is_consumed: facts.consumedAt !== null,
      ...(of.outside === null ? {} : { outside: of.outside }),
    }),
    evaluate: () =>
      authority.kind === "may_run"
        ? { effect: "allow", reason: authority.reason, rule: "start" }
        : { effect: "deny", reason: authority.reason, rule: "start" },
  };
}

function personJson({ id, isDisabled, roles }: PersonNow): Json {
  return { id, is_disabled: isDisabled, roles: roles.toSorted() };
}
