import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";
import type { StandingContent } from "#server/domain/standing/cover.ts";

/** What a standing approval lets run, in sentences, for the people who make it and those who look at it. */
export function describeStanding(content: StandingContent, nameOf: (id: string) => string): string[] {
  const { stageKey, tenants, operations, parameters, maxUses, from, until } = content;
  return [
    `Stage ${stageKey}, exactly the text ${content.stageHash.slice(0, 16)}, on the cloud ${nameOf(content.cloudId)}.`,
    tenants.length === 0
      ? "For every tenant of that cloud."
      : `For ${tenants.map(nameOf).toSorted().join(", ")} alone.`,
    `Operations: ${operations.join(", ")}. Nothing that destroys, and nothing else.`,
    ...parameters.map(
      ({ operation, name, allowed }) =>
        `${operation}: ${name} is ${allowed === null ? "anything" : allowed.map(shown).join(" or ")}.`,
    ),
    `At most ${maxUses} ${maxUses === 1 ? "use" : "uses"}, from ${from} until ${until}.`,
    "Never in place of a signature, outside of the rules' windows, or while changes are frozen.",
  ];
}

const shown = (value: Json) => canonicalJson(value);
