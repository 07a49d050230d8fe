import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { cloud } from "#db/schema/cloud.ts";
import { addHost } from "#server/services/guest/add-host.ts";
import { armRecovery, endRecovery } from "#server/services/guest/recovery.ts";
import { saveDesired } from "#server/services/guest/save.ts";
import { GUESTS_SLUG } from "#server/services/runbook/published.ts";
import type { JobWorld } from "../jobs.ts";
import { publishText } from "../published-runbook.ts";
import { type Acts, REASON } from "./world.ts";

/** Acts on hosts and their guests, by the path of their procedure. */
export const GUEST_ACTS: Acts = {
  "guests.addHost": async ({ jobs, operator }) => {
    const cloudId = await addHypervisor(jobs);
    return () => addHost(jobs.ctx(operator), { cloudId, node: "pve1" });
  },
  "guests.armRecovery": async ({ jobs, operator }) => {
    const host = { cloudId: await addHypervisor(jobs), node: "pve1" };
    const { tenantId } = await addHost(jobs.ctx(operator), host);
    return () => armRecovery(jobs.ctx(operator), { tenantId, reason: REASON });
  },
  "guests.endRecovery": async ({ jobs, operator }) => {
    const host = { cloudId: await addHypervisor(jobs), node: "pve1" };
    const { tenantId } = await addHost(jobs.ctx(operator), host);
    await armRecovery(jobs.ctx(operator), { tenantId, seconds: 60, reason: REASON });
    return () => endRecovery(jobs.ctx(operator), { tenantId });
  },
  "guests.save": async ({ jobs, operator }) => {
    const host = { cloudId: await addHypervisor(jobs), node: "pve1" };
    const { tenantId } = await addHost(jobs.ctx(operator), host);
    const document = JSON.stringify({ guests: [] });
    return () => saveDesired(jobs.ctx(operator), { tenantId, seenGeneration: 0, document, reason: REASON });
  },
};

async function addHypervisor({ db, now }: JobWorld): Promise<string> {
  const source = readFileSync(resolve(`runbooks/${GUESTS_SLUG}.md`), "utf8");
  await publishText(db, { at: now, source }).catch(() => undefined); // there already, of the act before
  const id = randomUUID();
  await db.insert(cloud).values({
    id,
    name: `hypervisor-${id.slice(0, 8)}`,
    kind: "hypervisor",
    authUrl: "https://127.0.0.1:8006/api2/json",
    tenantPool: "10.20.0.0/16",
    state: "reachable",
    says: "Reachable",
    endpoints: {},
    checkedAt: now,
  });
  return id;
}
