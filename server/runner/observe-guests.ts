import { eq, sql } from "drizzle-orm";
import { cloud } from "#db/schema/cloud.ts";
import { guestObservation } from "#db/schema/guest.ts";
import { tenant } from "#db/schema/tenant.ts";
import { clampInterval, pauseAfterLook } from "#server/domain/guest/interval.ts";
import { GuestDocumentError } from "#server/domain/guest/read-document.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { log } from "#server/log.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { readTrustAnchor } from "#server/openstack/trust-anchor.ts";
import { openReader } from "#server/operations/cloud-reader.ts";
import { observeHost } from "#server/operations/guest/observe.ts";
import { openCloud } from "#server/proxmox/open-cloud.ts";
import { findDesired } from "#server/services/guest/desired.ts";
import { describeError } from "./database-error.ts";
import { OBSERVE_EVERY_MS } from "./limits.ts";
import { operatorCredentials } from "./operator-credentials.ts";
import type { RunnerParts } from "./parts.ts";

/** Looks at hosts that are due, one after the other, until stopped. It only ever looks. */
export async function keepObserving(parts: RunnerParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await observeDue(parts, signal);
    } catch (error) {
      log.error({ problem: describeError(error) }, "hosts with guests could not be looked at");
    }
    await parts.wait(OBSERVE_EVERY_MS, signal).catch(() => undefined); // stopping
  }
}

/** Looks at every host whose interval is over, that nobody has looked at, or whose guests a job has changed since. */
export async function observeDue(parts: RunnerParts, signal?: AbortSignal): Promise<void> {
  const hosts = await parts.db
    .select({ id: tenant.id, name: tenant.slug, cloudName: cloud.name, seen: guestObservation })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .leftJoin(guestObservation, eq(guestObservation.tenantId, tenant.id))
    .where(eq(cloud.kind, "hypervisor"));
  for (const host of hosts) {
    if (signal?.aborted) return;
    if (await takeTurn(parts, host)) await observeOne(parts, host);
  }
}

interface Host {
  id: string;
  name: string;
  cloudName: string;
  seen: typeof guestObservation.$inferSelect | null;
}

/** Of several runners one looks. A host that could not be read is tried again after its interval, then ever later. */
async function takeTurn(parts: RunnerParts, { id, seen }: Host): Promise<boolean> {
  const desired = await findDesired(parts.db, id);
  const now = parts.now();
  const interval = clampInterval(desired?.interval_seconds);
  const pause =
    seen === null
      ? interval
      : pauseAfterLook(interval, {
          failed: seen.problem !== null,
          triedAt: seen.triedAt,
          readAt: seen.observedAt,
        });
  const dueBefore = new Date(now.getTime() - pause * 1000);
  const changed = sql`exists (select 1 from job where job.tenant_id = ${id} and job.finished_at > ${guestObservation.triedAt})`;
  const saved = sql`exists (select 1 from desired_state d where d.tenant_id = ${id} and d.at > ${guestObservation.triedAt})`;
  const made = await parts.db
    .insert(guestObservation)
    .values({ tenantId: id, triedAt: now })
    .onConflictDoUpdate({
      target: guestObservation.tenantId,
      set: { triedAt: now },
      setWhere: sql`${guestObservation.triedAt} < ${dueBefore.toISOString()}::timestamptz or ${changed} or ${saved}`,
    })
    .returning({ id: guestObservation.tenantId });
  return made.length > 0;
}

async function observeOne(parts: RunnerParts, host: Host): Promise<void> {
  const mine = eq(guestObservation.tenantId, host.id);
  try {
    const document = await look(parts, host);
    await parts.db
      .update(guestObservation)
      .set({ document, observedAt: parts.now(), problem: null })
      .where(mine);
  } catch (error) {
    const problem = sentenceOf(error);
    if (problem === null) throw error;
    await parts.db.update(guestObservation).set({ problem }).where(mine);
  }
}

async function look(parts: RunnerParts, { name, cloudName }: Host) {
  const config = parts.clouds.get(cloudName);
  if (config === undefined)
    throw new NotConfigured(`This runner has no hypervisor ${cloudName} in its clouds.yaml.`);
  const anchor = readTrustAnchor(config.cacertPath, parts.now());
  const session = await openCloud({
    cloud: config,
    anchor,
    credentials: await operatorCredentials(parts, config),
    now: parts.now,
    wait: parts.wait,
  });
  try {
    const reader = await openReader({ session: () => Promise.resolve(session) });
    const { actual } = await observeHost(reader, name, () => true);
    // In the form that is read again: settings beside what they were read from.
    const guests = actual.guests.map(({ settings, is_template, ...guest }) => ({
      ...guest,
      template: is_template,
      config: settings,
    }));
    return jsonSchema.parse({ host_id: name, guests });
  } finally {
    await session.close();
  }
}

class NotConfigured extends Error {}

function sentenceOf(error: unknown): string | null {
  if (error instanceof CloudError) return error.says;
  if (error instanceof GuestDocumentError) return `The answer makes no sense: ${error.message}`;
  return error instanceof NotConfigured ? error.message : null;
}
