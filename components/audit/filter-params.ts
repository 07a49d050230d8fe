import { type AuditFilter, auditFilterSchema, NO_FILTER } from "#server/domain/audit/schema.ts";

type Params = Record<string, string | string[] | undefined>;

/** The filter and the page that an address holds; what is no value of a member narrows nothing. */
export function readAuditParams(params: Params): { filter: AuditFilter; before: number | null } {
  const shape = auditFilterSchema.shape;
  const given = (name: string) => {
    const value = params[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const before = Number(given("before") ?? "0");
  return {
    filter: {
      actor: shape.actor.catch(null).parse(given("actor")),
      action: shape.action.catch(null).parse(given("action")),
      outcome: shape.outcome.catch(null).parse(given("outcome")),
      object: shape.object.catch(null).parse(given("object")),
      from: shape.from.catch(null).parse(given("from")),
      to: shape.to.catch(null).parse(given("to")),
    },
    before: Number.isSafeInteger(before) && before > 0 ? before : null,
  };
}

/** The address of the list, or of an export, with a filter. */
export function auditHref(path: string, filter: Partial<AuditFilter>, before: number | null = null): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...NO_FILTER, ...filter })) {
    if (value !== null) search.set(name, value);
  }
  if (before !== null) search.set("before", String(before));
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}
