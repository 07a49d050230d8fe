import type * as z from "zod";
import { decisionListSchema } from "#server/domain/access-policy/schema.ts";

export type DecisionFilter = z.output<typeof decisionListSchema>;

type Params = Record<string, string | string[] | undefined>;

/** The filter that an address holds; what is no value of a member narrows nothing. */
export function readDecisionParams(params: Params): DecisionFilter {
  const shape = decisionListSchema.shape;
  const given = (name: string) => {
    const value = params[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const before = given("before");
  return {
    subject: shape.subject.catch(null).parse(given("subject")),
    effect: shape.effect.catch(null).parse(given("effect")),
    reason: shape.reason.catch(null).parse(given("reason")),
    from: shape.from.catch(null).parse(given("from")),
    to: shape.to.catch(null).parse(given("to")),
    before: shape.before.catch(null).parse(before === null ? null : Number(before)),
  };
}

export function decisionsHref(filter: DecisionFilter): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== null) search.set(name, String(value));
  const text = search.toString();
  return text === "" ? "/access/decisions" : `/access/decisions?${text}`;
}
