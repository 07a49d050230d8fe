import type { DecisionPolicy } from "../decision/decide.ts";
import type { LoadedRegistry } from "../actor/snapshot.ts";
import type { PolicyPackage } from "./document.ts";
import { evaluateRules } from "./rules.ts";

/**
 * A registry under a package, as the one decision function asks it. Both are immutable, so it answers the same question
 * alike for as long as it lives; a change of either makes another one.
 */
export function accessPolicy(registry: LoadedRegistry, of: PolicyPackage): DecisionPolicy {
  return {
    package: of.front.package,
    version: of.version,
    etag: registry.digest,
    evaluate: (question) =>
      of.front.actions.includes(question.action)
        ? evaluateRules(of.rules, { question, actor: registry.byResource.get(question.resource.id) ?? null })
        : { effect: "deny", reason: "no_matching_rule", rule: "default" },
  };
}
