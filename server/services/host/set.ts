import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { host, hostKey, hostVersion } from "#db/schema/check.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { type HostContent, hostDigest, identityOf } from "#server/domain/host/host.ts";
import { proposeHostSchema, setHostSchema } from "#server/domain/host/host-change.ts";
import { listActorsNow } from "../certificate/actors.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { type HostNow, labelsOf, listHosts, lockHosts } from "./rows.ts";

/** A new host, or another version of one: itself a change that two people make. */
export const hostSet = proposalKind({
  kind: "host.set",
  actions: { propose: "host.propose", decide: "host.decide" },
  content: setHostSchema,
  describe: async (tx, wanted) => {
    const { name, content } = wanted;
    const before = await requirePossible(tx, wanted);
    return {
      title: `${before === null ? "Add" : content.isRetired ? "Retire" : "Change"} the host ${name}`,
      says: content.isRetired
        ? "No block runs there any more."
        : "Blocks that two people have attested as read-only run there. Where it is, as whom, and its keys are part of what they attest: another one ends older attestations.",
      before:
        before === null ? ["The console does not know this host."] : await sentencesOf(tx, before.content),
      after: await sentencesOf(tx, content),
    };
  },
  apply: async (tx, wanted, { proposalId, at }) => {
    await lockHosts(tx);
    const before = await requirePossible(tx, wanted);
    const id = before?.id ?? randomUUID();
    const number = (before?.version ?? 0) + 1;
    const digest = hostDigest(id, wanted.content);
    if (before === null) await tx.insert(host).values({ id, name: wanted.name, createdAt: at });
    await tx
      .insert(hostVersion)
      .values({ id: randomUUID(), hostId: id, number, content: wanted.content, digest, proposalId, at });
    return { hostId: id, version: number, digest };
  },
});

/** Asks for a host to be added or changed. */
export const proposeHost = proposeVerb(hostSet, proposeHostSchema);

type Wanted = z.output<typeof setHostSchema>;

/** The host as it is, or null for a new one. Throws where the change was made on an older one or a word would mean two. */
async function requirePossible(tx: Db | Tx, { name, base, content }: Wanted): Promise<HostNow | null> {
  const hosts = await listHosts(tx);
  const before = hosts.find((one) => one.name === name) ?? null;
  if ((before?.version ?? 0) !== base) {
    throw new DomainError(
      "conflict",
      `The host ${name} has changed since. Nothing was changed; look at it again.`,
      {
        reason: "host_changed",
      },
    );
  }
  if (before === null && content.kind === "local") {
    throw new DomainError(
      "invalid",
      "Blocks may not run on the console's own machine here. Set COUNTERSIGN_LOCAL_HOST=on to allow it.",
      { reason: "no_local_host", field: "content.kind" },
    );
  }
  if (!content.isRetired) requireOwnWords(hosts, { name, content });
  await requireKey(tx, content);
  return before;
}

function requireOwnWords(hosts: readonly HostNow[], wanted: Pick<HostNow, "name" | "content">): void {
  const words = labelsOf(wanted);
  const twice = words.find((word, at) => words.indexOf(word) !== at);
  if (twice !== undefined) throw taken(`${twice} stands twice among the names of this host.`);
  for (const other of hosts) {
    if (other.name === wanted.name || other.content.isRetired) continue;
    const word = labelsOf(other).find((one) => words.includes(one));
    if (word !== undefined) throw taken(`${word} means the host ${other.name} already.`);
  }
}

const taken = (says: string) =>
  new DomainError("conflict", `${says} A word has to mean one host.`, {
    reason: "name_taken",
    field: "content.aliases",
  });

async function requireKey(tx: Db | Tx, content: HostContent): Promise<void> {
  if (content.kind === "local") return;
  if (content.actor !== undefined) return requireActor(tx, content.actor);
  if (content.keyId === undefined) throw noKey();
  const [key] = await tx.select().from(hostKey).where(eq(hostKey.id, content.keyId));
  if (key === undefined || key.publicKey === null) throw noKey();
}

const noKey = () =>
  new DomainError("invalid", "Choose a key that the runner has made.", {
    reason: "no_key",
    field: "content.keyId",
  });

async function requireActor(tx: Db | Tx, name: string): Promise<void> {
  const actor = (await listActorsNow(tx)).get(name);
  if (actor !== undefined && !actor.isRetired) return;
  throw new DomainError("invalid", "Choose an actor of the registry that is not retired.", {
    reason: "no_actor",
    field: "content.actor",
  });
}

async function sentencesOf(tx: Db | Tx, content: HostContent): Promise<string[]> {
  const { aliases, denied, environment, isRetired } = content;
  if (isRetired) return ["No block runs there."];
  return [
    `Blocks run as ${identityOf(content)}.`,
    ...(content.kind === "local" ? [] : await keySentences(tx, content)),
    aliases.length === 0
      ? "Documents call it by its name only."
      : `Documents also call it ${aliases.join(", ")}.`,
    environment.length === 0
      ? "A check may give it no names."
      : `A check may give it ${environment.join(", ")}.`,
    ...denied.map((command) => `No block may hold: ${command}`),
  ];
}

async function keySentences(tx: Db | Tx, content: Extract<HostContent, { kind: "ssh" }>): Promise<string[]> {
  return [
    ...content.hostKeys.map((line) => `It is known by ${line}.`),
    content.actor === undefined
      ? await keySentence(tx, content.keyId)
      : `Each run signs in with a key of its own and a certificate for ${content.actor}.`,
  ];
}

async function keySentence(tx: Db | Tx, keyId: string | undefined): Promise<string> {
  const [key] = keyId === undefined ? [] : await tx.select().from(hostKey).where(eq(hostKey.id, keyId));
  return `The console signs in with its key ${key?.name ?? "that is not there"} (${key?.publicKey ?? "not made"}).`;
}
