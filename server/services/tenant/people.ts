import { count, eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { approval, job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { tenant } from "#db/schema/tenant.ts";

export interface TenantPerson {
  id: string;
  name: string;
  /** Started the onboarding. */
  isCreator: boolean;
  requestedCount: number;
  decidedCount: number;
}

/** Who had a hand in a tenant: who started it, who asked for its jobs, who decided them. */
export async function listTenantPeople(db: Db, tenantId: string): Promise<TenantPerson[]> {
  const [creators, requesters, deciders] = await Promise.all([
    db
      .select({ id: person.id, name: person.name, n: count() })
      .from(tenant)
      .innerJoin(person, eq(person.id, tenant.createdBy))
      .where(eq(tenant.id, tenantId))
      .groupBy(person.id),
    db
      .select({ id: person.id, name: person.name, n: count() })
      .from(job)
      .innerJoin(person, eq(person.id, job.requestedBy))
      .where(eq(job.tenantId, tenantId))
      .groupBy(person.id),
    db
      .select({ id: person.id, name: person.name, n: count() })
      .from(approval)
      .innerJoin(job, eq(job.id, approval.jobId))
      .innerJoin(person, eq(person.id, approval.personId))
      .where(eq(job.tenantId, tenantId))
      .groupBy(person.id),
  ]);
  const everyone = new Map([...creators, ...requesters, ...deciders].map(({ id, name }) => [id, name]));
  const countOf = (rows: readonly { id: string; n: number }[], id: string) =>
    rows.find((row) => row.id === id)?.n ?? 0;
  return [...everyone].map(([id, name]) => ({
    id,
    name,
    isCreator: countOf(creators, id) > 0,
    requestedCount: countOf(requesters, id),
    decidedCount: countOf(deciders, id),
  }));
}
