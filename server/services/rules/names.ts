import { inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { person } from "#db/schema/person.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { RuleSet } from "#server/domain/rule/rule.ts";
import type { NameOf } from "#server/domain/rule/sentences.ts";

/** Names of everything that a set of rules points at. */
export async function namesIn(db: Db | Tx, set: RuleSet): Promise<Map<string, string>> {
  const { people, clouds, tenants } = idsIn(set);
  const [personRows, cloudRows, tenantRows] = await Promise.all([
    namePeople(db, people),
    db.select({ id: cloud.id, name: cloud.name }).from(cloud).where(inArray(cloud.id, clouds)),
    db.select({ id: tenant.id, name: tenant.slug }).from(tenant).where(inArray(tenant.id, tenants)),
  ]);
  return new Map([...personRows, ...cloudRows, ...tenantRows].map(({ id, name }) => [id, name]));
}

/** Where several people have one name, an address says which one is meant: a second person agrees to these sentences. */
async function namePeople(db: Db | Tx, ids: string[]): Promise<{ id: string; name: string }[]> {
  const meant = db.select({ name: person.name }).from(person).where(inArray(person.id, ids));
  const rows = await db
    .select({ id: person.id, name: person.name, email: person.email })
    .from(person)
    .where(inArray(person.name, meant));
  return rows.map(({ id, name, email }) => {
    const isOnly = rows.every((other) => other.id === id || other.name !== name);
    return { id, name: isOnly ? name : `${name} (${email})` };
  });
}

/** Names for sentences. Throws `invalid` when the rules point at nobody we know: a rule about a typo protects nothing. */
export async function requireNames(db: Db | Tx, set: RuleSet): Promise<NameOf> {
  const names = await namesIn(db, set);
  const { people, clouds, tenants } = idsIn(set);
  const missing = [...people, ...clouds, ...tenants].find((id) => !names.has(id));
  if (missing !== undefined) {
    throw new DomainError(
      "invalid",
      `These rules name ${missing}, which is not known here. Nothing was changed.`,
      {
        reason: "unknown_name",
        field: "content.set",
      },
    );
  }
  return nameOfMap(names);
}

export function nameOfMap(names: ReadonlyMap<string, string>): NameOf {
  return (id) => names.get(id) ?? id;
}

function idsIn(set: RuleSet) {
  return {
    people: [...new Set([...set.breakGlass, ...set.rules.flatMap(({ demands }) => demands.never)])],
    clouds: [...new Set(set.rules.flatMap(({ when }) => when.clouds))],
    tenants: [...new Set(set.rules.flatMap(({ when }) => when.tenants))],
  };
}
