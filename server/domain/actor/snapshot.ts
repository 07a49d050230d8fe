import * as z from "zod";
import { canonicalDigest, type Json } from "../canonical/json.ts";
import { findDoubledMember } from "../canonical/doubled-member.ts";
import { jsonSchema } from "../plan/schema.ts";
import { type RegisteredActor, readActor } from "./actor.ts";
import { Faults, type RegistryFault } from "./fault.ts";
import { ACTORS_MAX, REGISTRY_MAX_CHARACTERS } from "./limits.ts";
import { CERTIFICATE_TYPE, actorOfResource } from "./resource.ts";

/** A snapshot as it stands in its file; parts that the console does not know the meaning of are kept as they are. */
export type Snapshot = z.output<typeof snapshotSchema>;

export interface SnapshotCounts {
  systems: number;
  resource_manifests: number;
  subjects: number;
  groups: number;
  relationships: number;
  tenants: number;
  actors: number;
}

/** A snapshot with what is read out of it. Immutable: another one replaces it whole. */
export interface LoadedRegistry {
  snapshot: Snapshot;
  /** Over the canonical form of the snapshot. */
  digest: string;
  /** Retired ones included, in the order of the file. */
  actors: readonly RegisteredActor[];
  /** By the id of the resource that is asked about. Retired ones are not in it. */
  byResource: ReadonlyMap<string, { actor: RegisteredActor; system: string; tenant: string }>;
  counts: SnapshotCounts;
}

export type ReadSnapshot =
  { kind: "read"; registry: LoadedRegistry } | { kind: "refused"; faults: readonly RegistryFault[] };

/** Where nothing else is said. */
export const PLATFORM_TENANT = "tenant:platform";

const idSchema = z.string().min(1).max(200);
const loose = z.object({ id: idSchema }).catchall(jsonSchema);
const resourceSchema = z
  .object({
    id: idSchema,
    type: idSchema,
    tenant: idSchema.exactOptional(),
    attributes: z.record(z.string(), jsonSchema).exactOptional(),
  }) // prettier-ignore
  .catchall(jsonSchema);
const manifestSchema = z
  .object({ id: idSchema, system: idSchema, resources: z.array(resourceSchema) })
  .catchall(jsonSchema);
const subjectSchema = z
  .object({ id: idSchema, type: idSchema, tenant: idSchema.exactOptional() })
  .catchall(jsonSchema);
const groupSchema = z
  .object({ id: idSchema, members: z.array(idSchema).exactOptional() })
  .catchall(jsonSchema);

export const snapshotSchema = z.strictObject({
  systems: z.array(loose),
  resource_manifests: z.array(manifestSchema),
  subjects: z.array(subjectSchema),
  groups: z.array(groupSchema).exactOptional(),
  teams: z.array(loose).exactOptional(),
  relationships: z.array(z.record(z.string(), jsonSchema)).exactOptional(),
  tenants: z.array(loose),
  metadata: z.record(z.string(), jsonSchema).exactOptional(),
});

/** Reads a snapshot from its JSON text. One bad row refuses it whole, and every bad row is named. */
export function readSnapshotText(text: string): ReadSnapshot {
  if (text.length > REGISTRY_MAX_CHARACTERS)
    return refused("", "too_long", "The snapshot is longer than 4 MiB and was not read.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused("", "not_readable", "This is not JSON.");
  }
  const doubled = text.includes("__proto__") ? "__proto__" : findDoubledMember(text);
  if (doubled !== null)
    return refused(doubled, "repeated", `An object holds ${doubled.slice(0, 80)} twice, or may not hold it.`);
  return readSnapshot(value);
}

/** Reads a snapshot that was parsed already. */
export function readSnapshot(value: unknown): ReadSnapshot {
  const faults = new Faults();
  if (!isSnapshot(value, faults)) return { kind: "refused", faults: faults.list };
  const snapshot = value;
  const rows = readActors(snapshot, faults);
  checkReferences(snapshot, faults);
  const digest = digestOf(snapshot, faults);
  if (faults.list.length > 0 || digest === null) return { kind: "refused", faults: faults.list };
  return {
    kind: "read",
    registry: {
      snapshot,
      digest,
      actors: rows.map(({ actor }) => actor),
      byResource: new Map(
        rows.flatMap((row) => (row.actor.isRetired ? [] : [[row.resourceId, row] as const])),
      ),
      counts: countsOf(snapshot, rows.length),
    },
  };
}

/** Looks at the value itself, so that its members keep the order in which the file has them. */
function isSnapshot(value: unknown, faults: Faults): value is Snapshot {
  const parsed = snapshotSchema.safeParse(value);
  for (const issue of parsed.error?.issues ?? []) addIssue(issue, faults);
  return parsed.success;
}

/** A snapshot as plain JSON. */
export const snapshotJson = (snapshot: Snapshot): Json => jsonSchema.parse(snapshot);

function digestOf(snapshot: Snapshot, faults: Faults): string | null {
  try {
    return canonicalDigest(snapshotJson(snapshot));
  } catch {
    // A number or a text that does not survive being written and read again.
    faults.add("", "wrong_kind", "A number is beyond 2^53 or not finite, or a text holds half a character.");
    return null;
  }
}

function readActors(snapshot: Snapshot, faults: Faults) {
  const seen = new Set<string>();
  const rows = snapshot.resource_manifests.flatMap((manifest, m) =>
    manifest.resources.flatMap((resource, r) => {
      if (resource.type !== CERTIFICATE_TYPE) return [];
      const path = `resource_manifests[${m}].resources[${r}]`;
      const actor = readResource(resource, path, faults);
      if (actor === null) return [];
      if (seen.has(actor.name)) faults.add(`${path}.id`, "repeated", `${actor.name} is registered twice.`);
      seen.add(actor.name);
      const tenant = resource.tenant ?? PLATFORM_TENANT;
      return [{ resourceId: resource.id, actor, system: manifest.system, tenant }];
    }),
  );
  if (rows.length > ACTORS_MAX)
    faults.add("resource_manifests", "too_many", `A registry has at most ${ACTORS_MAX} actors.`);
  return rows;
}

/** Other words for the same attribute; the first is the one that the console writes. */
const ATTRIBUTES = {
  type: ["actor_type", "type"],
  principals: ["allowed_principals", "principals"],
  ttlHours: ["max_ttl_hours", "ttl_hours"],
  subjects: ["allowed_subjects", "subjects"],
} as const;

function readResource(
  { id, attributes = {} }: z.output<typeof resourceSchema>,
  path: string,
  faults: Faults,
): RegisteredActor | null {
  const name = actorOfResource(id);
  const called = (words: readonly [string, string]) => words.find((word) => word in attributes) ?? words[0];
  const fields = {
    type: called(ATTRIBUTES.type),
    principals: called(ATTRIBUTES.principals),
    ttlHours: called(ATTRIBUTES.ttlHours),
    subjects: called(ATTRIBUTES.subjects),
  };
  return readActor(
    {
      path: `${path}.attributes`,
      namePath: `${path}.id`,
      name,
      type: attributes[fields.type],
      principals: attributes[fields.principals],
      ttlHours: attributes[fields.ttlHours],
      subjects: attributes[fields.subjects],
      description: attributes["description"],
      retired: attributes["retired"],
      fields,
    },
    faults,
  );
}

function checkReferences(snapshot: Snapshot, faults: Faults): void {
  const { systems, resource_manifests: manifests, subjects, groups = [], teams = [], tenants } = snapshot;
  const lists = { systems, resource_manifests: manifests, subjects, groups, teams, tenants };
  for (const [name, list] of Object.entries(lists)) refuseRepeated(list, name, faults);
  const systemIds = idsOf(systems);
  const tenantIds = idsOf(tenants);
  const known = (path: string, tenant: string | undefined) => {
    if (tenant !== undefined && !tenantIds.has(tenant))
      faults.add(path, "dangling", `${tenant} is none of the tenants.`);
  };
  for (const [m, { system, resources }] of manifests.entries()) {
    const path = `resource_manifests[${m}]`;
    if (!systemIds.has(system)) faults.add(`${path}.system`, "dangling", `${system} is none of the systems.`);
    refuseRepeated(resources, `${path}.resources`, faults);
    for (const [r, resource] of resources.entries()) known(`${path}.resources[${r}].tenant`, resource.tenant);
  }
  for (const [s, { tenant }] of subjects.entries()) known(`subjects[${s}].tenant`, tenant);
  const subjectIds = idsOf(subjects);
  for (const [g, { members = [] }] of groups.entries()) {
    for (const [index, member] of members.entries()) {
      if (!subjectIds.has(member))
        faults.add(`groups[${g}].members[${index}]`, "dangling", `${member} is none of the subjects.`);
    }
  }
}

const idsOf = (list: readonly { id: string }[]) => new Set(list.map(({ id }) => id));

function refuseRepeated(list: readonly { id: string }[], path: string, faults: Faults): void {
  const seen = new Set<string>();
  for (const [index, { id }] of list.entries()) {
    if (seen.has(id)) faults.add(`${path}[${index}].id`, "repeated", `${id} stands here twice.`);
    seen.add(id);
  }
}

function countsOf(snapshot: Snapshot, actors: number): SnapshotCounts {
  return {
    systems: snapshot.systems.length,
    resource_manifests: snapshot.resource_manifests.length,
    subjects: snapshot.subjects.length,
    groups: snapshot.groups?.length ?? 0,
    relationships: snapshot.relationships?.length ?? 0,
    tenants: snapshot.tenants.length,
    actors,
  };
}

function addIssue(issue: z.core.$ZodIssue, faults: Faults): void {
  const path = pathOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys)
      faults.add(path === "" ? key : `${path}.${key}`, "unknown_field", `${key} is no part of a snapshot.`);
  } else if (
    issue.code === "invalid_type" &&
    issue.input === undefined &&
    issue.message.includes("undefined")
  ) {
    faults.add(path, "missing", `${path} is missing.`);
  } else faults.add(path, "wrong_kind", issue.message);
}

/** `subjects[2].id`. */
export function pathOf(parts: readonly PropertyKey[]): string {
  return parts
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
}

function refused(path: string, reason: RegistryFault["reason"], says: string): ReadSnapshot {
  return { kind: "refused", faults: [{ path, reason, says }] };
}
