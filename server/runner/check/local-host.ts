import { randomUUID } from "node:crypto";
import { host, hostVersion } from "#db/schema/check.ts";
import { type HostContent, hostDigest, LOCAL_NAME } from "#server/domain/host/host.ts";
import { listHosts, lockHosts } from "#server/services/host/rows.ts";
import type { CheckParts } from "./check-parts.ts";

/** What documents of most teams call the machine that operators work on. */
const ALIASES = ["localhost", "jumphost"];

/** What the shipped checks and runbooks are given: an address and a port to look at, a model and a packed policy. */
const GIVEN = [
  "BLOCK_CERT_HOST",
  "BLOCK_CERT_PORT",
  "BLOCK_MODEL",
  "BLOCK_POLICY_SHA256",
  "BLOCK_POLICY_ZIP",
];

/**
 * The machine of the runner as a host, as the settings of this installation say it. People may change the host while it
 * is allowed; switched off it is retired, whatever they said.
 */
export async function keepLocalHost(parts: CheckParts, isAllowed: boolean): Promise<void> {
  await parts.db.transaction(async (tx) => {
    await lockHosts(tx);
    const hosts = await listHosts(tx);
    const known = hosts.find(({ name }) => name === LOCAL_NAME);
    if (known === undefined && !isAllowed) return;
    // What people retired stays retired; what an earlier start did is undone by this one.
    const isRetiredByPeople = known?.content.isRetired === true && known.proposalId !== null;
    if (known !== undefined && (isRetiredByPeople || known.content.isRetired !== isAllowed)) return;
    const taken = new Set(
      hosts.flatMap(({ name, content }) => (content.isRetired ? [] : [name, ...content.aliases])),
    );
    const fresh: HostContent = {
      kind: "local",
      aliases: ALIASES.filter((alias) => !taken.has(alias)),
      denied: [],
      environment: GIVEN,
      isRetired: false,
    };
    const content = { ...(known?.content ?? fresh), isRetired: !isAllowed };
    const hostId = known?.id ?? randomUUID();
    const at = parts.now();
    if (known === undefined) await tx.insert(host).values({ id: hostId, name: LOCAL_NAME, createdAt: at });
    await tx.insert(hostVersion).values({
      id: randomUUID(),
      hostId,
      number: (known?.version ?? 0) + 1,
      content,
      digest: hostDigest(hostId, content),
      proposalId: null,
      at,
    });
  });
}
