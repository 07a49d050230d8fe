import type { RegisteredActor } from "./actor.ts";

export interface ActorChange {
  name: string;
  change: "added" | "removed" | "changed";
  fields: readonly { field: ActorField; before: string; after: string }[];
}

const FIELDS = {
  type: (actor: RegisteredActor) => actor.type,
  principals: (actor: RegisteredActor) => actor.principals.toSorted().join(", "),
  max_ttl_hours: (actor: RegisteredActor) => String(actor.maxTtlHours),
  allowed_subjects: (actor: RegisteredActor) => actor.allowedSubjects.toSorted().join(", "),
  description: (actor: RegisteredActor) => actor.description,
  retired: (actor: RegisteredActor) => (actor.isRetired ? "yes" : "no"),
} as const;
export type ActorField = keyof typeof FIELDS;

/** What would change from one set of actors to another, by name. The order of a list is no change. */
export function diffActors(
  before: readonly RegisteredActor[],
  after: readonly RegisteredActor[],
): ActorChange[] {
  const old = new Map(before.map((actor) => [actor.name, actor]));
  const fresh = new Map(after.map((actor) => [actor.name, actor]));
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((name) => {
    const one = old.get(name) ?? null;
    const other = fresh.get(name) ?? null;
    const fields = fieldsOf(one, other);
    const change =
      one === null ? ("added" as const) : other === null ? ("removed" as const) : ("changed" as const);
    return fields.length === 0 ? [] : [{ name, change, fields }];
  });
}

function fieldsOf(one: RegisteredActor | null, other: RegisteredActor | null): ActorChange["fields"] {
  const names: readonly ActorField[] = [
    "type",
    "principals",
    "max_ttl_hours",
    "allowed_subjects",
    "description",
    "retired",
  ];
  return names.flatMap((field) => {
    const before = one === null ? "" : FIELDS[field](one);
    const after = other === null ? "" : FIELDS[field](other);
    return before === after ? [] : [{ field, before, after }];
  });
}

/** A change in one line. */
export function changeSentence({ name, change, fields }: ActorChange): string {
  const words = fields
    .filter(({ field }) => change !== "removed" || field === "type")
    .map(({ field, before, after }) =>
      change === "changed"
        ? `${field} ${before || "none"} -> ${after || "none"}`
        : `${field} ${after || before}`,
    );
  return `${change} ${name}${words.length === 0 ? "" : `: ${words.join("; ")}`}`;
}
