import type { Json } from "../canonical/json.ts";
import type { RegisteredActor } from "./actor.ts";
import { CERTIFICATE_SYSTEM, CERTIFICATE_TYPE, resourceOfActor } from "./resource.ts";
import { PLATFORM_TENANT, type Snapshot } from "./snapshot.ts";
import { ACTOR_TYPES, type ActorType } from "./states.ts";

const MANIFEST = "resources:ops-warden/ssh-certificates";

/**
 * Makes the snapshot of an inventory: one system, one manifest with a resource for each actor, a subject for each actor,
 * a group for each type in use, a relationship for each actor, one tenant. The same actors give the same snapshot,
 * whatever their order.
 */
export function generateSnapshot(actors: readonly RegisteredActor[]): Snapshot {
  const sorted = actors.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return {
    systems: [{ id: CERTIFICATE_SYSTEM, name: "SSH certificates" }],
    resource_manifests: [
      {
        id: MANIFEST,
        system: CERTIFICATE_SYSTEM,
        actions: ["sign"],
        resources: sorted.map((actor) => ({
          id: resourceOfActor(actor.name),
          type: CERTIFICATE_TYPE,
          tenant: PLATFORM_TENANT,
          attributes: attributesOf(actor),
        })),
        metadata: { source: "inventory", flex_auth_contract: "resource-registration-v0" },
      },
    ],
    subjects: sorted.map(subjectOf),
    groups: ACTOR_TYPES.flatMap((type) => {
      const members = sorted.flatMap((actor) => (actor.type === type ? [actor.name] : []));
      return members.length === 0
        ? []
        : [{ id: groupOf(type), display_name: `Actors of type ${type}`, members, tenant: PLATFORM_TENANT }];
    }),
    relationships: sorted.map(relationshipOf),
    tenants: [{ id: PLATFORM_TENANT }],
  };
}

/** The text of a snapshot file. Equal snapshots have equal texts. */
export const snapshotText = (snapshot: Snapshot): string => `${JSON.stringify(snapshot, null, 2)}\n`;

const groupOf = (type: ActorType) => `group:${type}`;

const subjectOf = ({ name, type }: RegisteredActor) => ({
  id: name,
  type,
  display_name: name,
  groups: [groupOf(type)],
  tenant: PLATFORM_TENANT,
});

const relationshipOf = ({ name }: RegisteredActor) => ({
  subject: name,
  relation: "certificate_of",
  resource: resourceOfActor(name),
});

function attributesOf(actor: RegisteredActor): Record<string, Json> {
  return {
    actor_type: actor.type,
    allowed_principals: [...actor.principals],
    max_ttl_hours: actor.maxTtlHours,
    allowed_subjects: [...actor.allowedSubjects],
    ...(actor.description === "" ? {} : { description: actor.description }),
    ...(actor.isRetired ? { retired: true } : {}),
  };
}

/**
 * The snapshot with one actor as it shall be, in its place or at the end. Everything else of the file stays as it is:
 * other resources, unknown members, order.
 */
export function withActor(snapshot: Snapshot, actor: RegisteredActor): Snapshot {
  const id = resourceOfActor(actor.name);
  const known = new Set(snapshot.tenants.map((tenant) => tenant.id));
  const manifests = snapshot.resource_manifests;
  const home =
    manifests.find(({ resources }) => resources.some((one) => one.id === id)) ??
    manifests.find(({ system }) => system === CERTIFICATE_SYSTEM);
  if (home === undefined) return withActor(withHome(snapshot), actor);
  const present = home.resources.find((one) => one.id === id);
  const changed = {
    ...(present ?? { id, type: CERTIFICATE_TYPE, tenant: PLATFORM_TENANT }),
    attributes: { ...unknownOf(present?.attributes ?? {}), ...attributesOf(actor) },
  };
  const subjects = snapshot.subjects.some((one) => one.id === actor.name)
    ? snapshot.subjects
    : [...snapshot.subjects, subjectOf(actor)];
  const isNew = present === undefined;
  return {
    ...snapshot,
    resource_manifests: manifests.map((manifest) =>
      manifest === home
        ? {
            ...home,
            resources: isNew
              ? [...home.resources, changed]
              : home.resources.map((one) => (one === present ? changed : one)),
          }
        : manifest,
    ),
    subjects,
    groups: isNew ? withMember(snapshot.groups ?? [], actor) : (snapshot.groups ?? []),
    relationships: isNew
      ? [...(snapshot.relationships ?? []), relationshipOf(actor)]
      : (snapshot.relationships ?? []),
    tenants: known.has(PLATFORM_TENANT) ? snapshot.tenants : [...snapshot.tenants, { id: PLATFORM_TENANT }],
  };
}

const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  "actor_type",
  "type",
  "allowed_principals",
  "principals",
  "max_ttl_hours",
  "ttl_hours",
  "allowed_subjects",
  "subjects",
  "description",
  "retired",
]);

/** Attributes that say nothing about an actor that the console knows. */
function unknownOf(attributes: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !OWN_ATTRIBUTES.has(name)));
}

function withHome(snapshot: Snapshot): Snapshot {
  const empty = generateSnapshot([]);
  const hasSystem = snapshot.systems.some(({ id }) => id === CERTIFICATE_SYSTEM);
  return {
    ...snapshot,
    systems: hasSystem ? snapshot.systems : [...snapshot.systems, ...empty.systems],
    resource_manifests: [...snapshot.resource_manifests, ...empty.resource_manifests],
  };
}

function withMember(groups: NonNullable<Snapshot["groups"]>, actor: RegisteredActor) {
  const id = groupOf(actor.type);
  if (!groups.some((group) => group.id === id)) {
    return [
      ...groups,
      { id, display_name: `Actors of type ${actor.type}`, members: [actor.name], tenant: PLATFORM_TENANT },
    ];
  }
  return groups.map((group) =>
    group.id === id ? { ...group, members: [...(group.members ?? []), actor.name] } : group,
  );
}
