import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { host, hostKey, hostVersion } from "#db/schema/check.ts";
import { proposal } from "#db/schema/proposal.ts";
import { tenant } from "#db/schema/tenant.ts";
import { type HostContent, hostDigest } from "#server/domain/host/host.ts";
import { makeHostKey } from "#server/runner/check/host-keys.ts";
import { keepLocalHost } from "#server/runner/check/local-host.ts";
import { requestHostKey } from "#server/services/host/request-key.ts";
import { proposeHost } from "#server/services/host/set.ts";
import { publishText } from "./published-runbook.ts";
import type { Bench } from "./runner-bench.ts";
import type { Sshd } from "./sshd.ts";

/** A runbook of one stage, whose blocks and gate a test writes. */
export function shellRunbook(body: string): string {
  return `---
slug: tenant-onboarding
title: Onboarding of a test
cloud: openstack
inputs:
  - { name: cidr, type: cidr, title: Network }
---

# A test ${randomUUID()}

## Stage 0: On hosts

${body}
`;
}

/** A fenced block or gate. */
export const fenced = (kind: "block" | "gate", text: string) =>
  `\`\`\`yaml ${kind}\n${text.trim()}\n\`\`\`\n`;

export const GATE = fenced(
  "gate",
  `
id: gate-0
assert:
  - that: tenant.slug exists
    says: The tenant has a name
    advice: Look at the tenant.
`,
);

/** Gives a tenant a runbook of its own text, older than any: no new tenant begins with it. */
export async function writeStage(db: Db, tenantId: string, body: string): Promise<void> {
  const { versionId } = await publishText(db, { at: new Date(0), source: shellRunbook(body) });
  await db.update(tenant).set({ runbookVersionId: versionId }).where(eq(tenant.id, tenantId));
}

/** The console's own machine, and a real sshd that lets the console's key in, as hosts. */
export async function addHosts(
  bench: Bench,
  sshd: Sshd,
  more: Partial<Pick<HostContent, "denied" | "environment">> = {},
): Promise<void> {
  const { db } = bench.database;
  const admin = await bench.addPerson("Ada Admin", ["admin"]);
  const ctx = { db, actor: admin, clock: bench.parts.now };
  await keepLocalHost(bench.parts, true);
  const { keyId } = await requestHostKey(ctx, { name: "test" });
  await makeHostKey(bench.parts);
  const [key] = await db.select().from(hostKey).where(eq(hostKey.id, keyId));
  sshd.trust(key?.publicKey ?? "");
  const content: HostContent = {
    kind: "ssh",
    aliases: ["farhost"],
    denied: more.denied ?? [],
    environment: more.environment ?? [],
    isRetired: false,
    address: "127.0.0.1",
    port: sshd.port,
    user: sshd.user,
    hostKeys: [sshd.hostKey],
    keyId,
  };
  await proposeHost(ctx, { content: { name: "far", base: 0, content }, reason: "For tests" });
  await setHost(bench, "far", content);
}

/** Another version of a host, as two people would have agreed on it. */
export async function setHost(bench: Bench, name: string, content: HostContent): Promise<void> {
  const { db } = bench.database;
  const at = new Date();
  const [known] = await db.select().from(host).where(eq(host.name, name));
  const [agreed] = await db.select({ id: proposal.id }).from(proposal).limit(1);
  const id = known?.id ?? randomUUID();
  if (!known) await db.insert(host).values({ id, name, createdAt: at });
  const versions = await db.select().from(hostVersion).where(eq(hostVersion.hostId, id));
  await db.insert(hostVersion).values({
    id: randomUUID(),
    hostId: id,
    number: versions.length + 1,
    content,
    digest: hostDigest(id, content),
    proposalId: agreed?.id ?? null,
    at,
  });
}
