import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { evidence, job } from "#db/schema/job.ts";
import { handover } from "#db/schema/secret.ts";
import { tenant, tenantValue } from "#db/schema/tenant.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { decide } from "#server/domain/policy/decide.ts";
import { readTrustAnchor } from "#server/openstack/trust-anchor.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { listPeopleNow } from "#server/services/person/people-now.ts";
import { BoxError, sealBox } from "./box.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";
import { openSecret } from "./vault.ts";

type HandoverRow = typeof handover.$inferSelect;

/** Exactly what leaves the console; nothing else of the tenant's does. */
export interface HandoverSet {
  horizonUrl: string | null;
  domainName: string;
  domainAdminName: string;
  password: string;
  /** Null when the cloud's certificate comes from a public authority. */
  caPem: string | null;
}

/**
 * Answers one asked-for hand-over: boxes the set to the asking browser. The sealed values stay until that browser says
 * that it opened the box. False when there is none to answer.
 */
export async function answerHandover(parts: RunnerParts): Promise<boolean> {
  return parts.db.transaction(async (tx) => {
    const [row] = await tx
      .select()
      .from(handover)
      .where(eq(handover.state, "requested"))
      .orderBy(handover.createdAt)
      .limit(1)
      .for("update", { skipLocked: true });
    if (!row) return false;
    const answer = await makeAnswer(parts, tx, row);
    if (answer.kind === "failed") await refuse(parts, tx, { row, says: answer.says });
    else await complete(parts, tx, { row, box: answer.box });
    return true;
  });
}

type Answer = { kind: "boxed"; box: NonNullable<HandoverRow["box"]> } | { kind: "failed"; says: string };

async function makeAnswer(parts: RunnerParts, tx: Tx, row: HandoverRow): Promise<Answer> {
  const obstacle = await findObstacle(tx, row);
  if (obstacle !== null) return { kind: "failed", says: obstacle };
  const wanted = { tenantId: row.tenantId, name: "manager_password" as const };
  const secret = await openSecret(tx, parts.sealer, wanted);
  if (secret === null) {
    return { kind: "failed", says: "No manager password is sealed for this tenant. Nothing was revealed." };
  }
  const content = JSON.stringify(await collectSet(parts, tx, { row, password: secret.value }));
  try {
    const { id, publicKey } = row;
    return { kind: "boxed", box: await sealBox({ publicKey, id, content }) };
  } catch (error) {
    if (!(error instanceof BoxError)) throw error;
    return { kind: "failed", says: `${error.message} Nothing was revealed. Ask again.` };
  }
}

/** The tenant is locked first: no job of it starts, and none is under way, while its credentials go. */
async function findObstacle(tx: Tx, row: HandoverRow): Promise<string | null> {
  const [locked] = await tx.select().from(tenant).where(eq(tenant.id, row.tenantId)).for("update");
  assert(locked, "a hand-over names an existing tenant");
  if (locked.handedOverAt !== null) return "This tenant was handed over before. Nothing was revealed.";
  const [live] = await tx
    .select({ number: job.number })
    .from(job)
    .where(and(eq(job.tenantId, row.tenantId), inArray(job.state, ["queued", "running"])))
    .limit(1);
  if (live) {
    return `Job ${live.number} of this tenant is under way. Nothing was revealed. Ask again when it has ended.`;
  }
  const asker = (await listPeopleNow(tx, [row.requestedBy])).get(row.requestedBy);
  const decision =
    asker &&
    !asker.isDisabled &&
    decide({
      actor: { kind: "person", personId: asker.id, sessionId: row.id, ...asker },
      action: "handover.reveal",
    });
  if (!decision || decision.effect === "deny") {
    return "The person who asked no longer has the right to. Nothing was revealed.";
  }
  return null;
}

async function collectSet(
  parts: RunnerParts,
  tx: Tx,
  { row, password }: { row: HandoverRow; password: string },
): Promise<HandoverSet> {
  const [of] = await tx
    .select({ slug: tenant.slug, cloudName: cloud.name, horizonUrl: cloud.horizonUrl })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .where(eq(tenant.id, row.tenantId));
  assert(of, "a tenant has a cloud");
  const config = parts.clouds.get(of.cloudName);
  const anchor = readTrustAnchor(config?.cacertPath ?? null, parts.now());
  return {
    horizonUrl: config?.horizonUrl ?? of.horizonUrl,
    domainName: (await findObservedName(tx, row.tenantId, "domain_id")) ?? of.slug,
    domainAdminName: (await findObservedName(tx, row.tenantId, "manager_id")) ?? `${of.slug}-domain-admin`,
    password,
    caPem: anchor.kind === "ok" ? anchor.pem : null,
  };
}

/** The name that the newest read-back saw on the object whose id was saved under `valueName`. */
async function findObservedName(tx: Tx, tenantId: string, valueName: string): Promise<string | null> {
  const [saved] = await tx
    .select({ value: tenantValue.value })
    .from(tenantValue)
    .where(and(eq(tenantValue.tenantId, tenantId), eq(tenantValue.name, valueName)))
    .orderBy(desc(tenantValue.id))
    .limit(1);
  if (typeof saved?.value !== "string") return null;
  const [seen] = await tx
    .select({ name: sql<string | null>`${evidence.values} ->> 'name'` })
    .from(evidence)
    .innerJoin(job, eq(job.id, evidence.jobId))
    .where(
      and(
        eq(job.tenantId, tenantId),
        sql`${evidence.values} ->> 'id' = ${saved.value}`,
        sql`${evidence.values} ->> 'name' is not null`,
      ),
    )
    .orderBy(desc(evidence.at))
    .limit(1);
  return seen?.name ?? null;
}

async function complete(
  parts: RunnerParts,
  tx: Tx,
  { row, box }: { row: HandoverRow; box: NonNullable<HandoverRow["box"]> },
): Promise<void> {
  await tx.update(handover).set({ state: "ready", box, says: null }).where(eq(handover.id, row.id));
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at: parts.now(),
    action: "handover.boxed",
    outcome: "done",
    objectKind: "tenant",
    objectId: row.tenantId,
    details: { handoverId: row.id, requestedBy: row.requestedBy },
  });
}

async function refuse(
  parts: RunnerParts,
  tx: Tx,
  { row, says }: { row: HandoverRow; says: string },
): Promise<void> {
  await tx.update(handover).set({ state: "failed", says }).where(eq(handover.id, row.id));
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at: parts.now(),
    action: "handover.boxed",
    outcome: "failed",
    objectKind: "tenant",
    objectId: row.tenantId,
    details: { handoverId: row.id, says },
  });
}
