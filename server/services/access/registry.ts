import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { accessRegistry } from "#db/schema/access.ts";
import { type RegisteredActor, readActor, subjectsOf } from "#server/domain/actor/actor.ts";
import { changeSentence, diffActors } from "#server/domain/actor/diff.ts";
import { Faults, type RegistryFault } from "#server/domain/actor/fault.ts";
import { snapshotText, withActor } from "#server/domain/actor/generate.ts";
import { proposeRegistrySchema, registryChangeSchema } from "#server/domain/actor/schema.ts";
import { type LoadedRegistry, readSnapshot, readSnapshotText } from "#server/domain/actor/snapshot.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { getAccess, lockAccess } from "./rows.ts";

const LINES_MAX = 200;

/** Another version of the registry of actors: one added, changed or retired, or all replaced by a snapshot. */
export const accessRegistryKind = proposalKind({
  kind: "access.registry",
  actions: { propose: "access.propose", decide: "access.decide" },
  content: registryChangeSchema,
  describe: async (tx, content) => {
    const { before, after } = await nextRegistry(tx, content);
    const changes = diffActors(before.actors, after.actors);
    return {
      title: titleOf(content.change),
      says: "Decisions follow the new version from the moment it is applied; certificates that were given stay as they are.",
      before: [`Version ${before.number}: ${before.counts.actors} actors, ${before.digest}.`],
      after: [
        `Version ${before.number + 1}: ${after.counts.actors} actors, ${after.digest}.`,
        ...changes.slice(0, LINES_MAX).map(changeSentence),
        ...(changes.length > LINES_MAX ? [`And ${changes.length - LINES_MAX} more.`] : []),
      ],
    };
  },
  apply: async (tx, content, { proposalId, at }) => {
    await lockAccess(tx);
    const { before, after, text } = await nextRegistry(tx, content);
    const number = before.number + 1;
    const says = titleOf(content.change);
    await tx
      .insert(accessRegistry)
      .values({ number, snapshot: text, digest: after.digest, says, proposalId, at });
    return { version: number, digest: after.digest };
  },
});

/** Asks for another version of the registry. */
export const proposeRegistry = proposeVerb(accessRegistryKind, proposeRegistrySchema);

type Content = z.output<typeof registryChangeSchema>;

function titleOf(change: Content["change"]): string {
  switch (change.kind) {
    case "add":
      return `Add the actor ${change.actor.name}`;
    case "change":
      return `Change the actor ${change.actor.name}`;
    case "retire":
      return `Retire the actor ${change.name}`;
    case "import":
      return "Replace the registry by a snapshot";
  }
}

async function nextRegistry(
  tx: Db | Tx,
  { base, change }: Content,
): Promise<{ before: LoadedRegistry & { number: number }; after: LoadedRegistry; text: string }> {
  const { registry: before } = await getAccess(tx);
  if (before.number !== base) {
    throw new DomainError(
      "conflict",
      "The registry has changed since. Nothing was changed; look at it again.",
      {
        reason: "registry_changed",
      },
    );
  }
  const text =
    change.kind === "import"
      ? change.text
      : snapshotText(withActor(before.snapshot, actorOf(before, change)));
  const read = change.kind === "import" ? readSnapshotText(text) : readSnapshot(JSON.parse(text));
  if (read.kind === "refused") throw refusedRow(read.faults);
  if (read.registry.digest === before.digest) {
    throw new DomainError("conflict", "This is the registry as it is already. Nothing was changed.", {
      reason: "already_so",
    });
  }
  return { before, after: read.registry, text };
}

function actorOf(
  before: LoadedRegistry,
  change: Exclude<Content["change"], { kind: "import" }>,
): RegisteredActor {
  const name = change.kind === "retire" ? change.name : change.actor.name;
  const present = before.actors.find((one) => one.name === name);
  if (change.kind === "add" && present !== undefined) {
    throw new DomainError("conflict", `There is an actor ${name} already. Nothing was changed.`, {
      reason: "name_taken",
      field: "content.change.actor.name",
    });
  }
  if (change.kind === "add") return readAsked(change.actor, null);
  if (present === undefined) {
    throw new DomainError("not_found", `There is no actor ${name}.`, { reason: "not_found" });
  }
  return change.kind === "retire" ? { ...present, isRetired: true } : readAsked(change.actor, present);
}

const FIELDS = {
  type: "type",
  principals: "principals",
  ttlHours: "maxTtlHours",
  subjects: "subjects",
} as const;

function readAsked(
  asked: Extract<Content["change"], { kind: "add" }>["actor"],
  present: RegisteredActor | null,
): RegisteredActor {
  const faults = new Faults();
  const path = "content.change.actor";
  const actor = readActor(
    {
      path,
      namePath: `${path}.name`,
      name: asked.name,
      type: asked.type,
      principals: asked.principals,
      ttlHours: asked.maxTtlHours,
      subjects: present?.allowedSubjects ?? [...subjectsOf(asked.name)],
      description: asked.description,
      retired: asked.isRetired,
      fields: FIELDS,
    },
    faults,
  );
  if (actor === null) throw refusedRow(faults.list);
  return actor;
}

function refusedRow(faults: readonly RegistryFault[]): DomainError {
  const [first] = faults;
  const more = faults.length > 1 ? ` And ${faults.length - 1} more.` : "";
  return new DomainError("invalid", `${first?.says ?? "It cannot be read."}${more} Nothing was changed.`, {
    reason: first?.reason ?? "unreadable",
    ...(first === undefined || first.path === "" ? {} : { field: first.path }),
    facts: { faults: faults.slice(0, 50).map(({ path, reason, says }) => ({ path, reason, says })) },
  });
}
