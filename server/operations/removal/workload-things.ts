import { keyTo, type OwnedThing, type ThingKind } from "#server/domain/removal/thing.ts";
import type { Service } from "#server/domain/plan/states.ts";
import { clusterTemplateBody } from "#server/openstack/wire/cluster-template.ts";
import { clusterBody } from "#server/openstack/wire/cluster.ts";
import { keypair } from "#server/openstack/wire/keypair.ts";
import {
  imageMember,
  ownedImage,
  ownedLoadBalancer,
  ownedServer,
  ownedServerGroup,
  ownedVolume,
} from "#server/openstack/wire/owned.ts";
import { computeQuotaBody } from "#server/openstack/wire/quota.ts";
import * as z from "zod";
import { apiPath } from "#server/openstack/api-path.ts";
import type { CloudReader } from "../cloud-reader.ts";
import { differences } from "../draft.ts";
import { listWhole } from "./pages.ts";
import type { Found } from "./network-things.ts";
import { projectKey, projectOwner, type TenantScope, userOwner } from "./scope.ts";

/** Lists of other users' keypairs need 2.10, server groups with their project 2.13. */
export const NOVA_VERSION = { "OpenStack-API-Version": "compute 2.35" };

const clusterRow = clusterBody.extend({
  fixed_network: z.string().nullish(),
  fixed_subnet: z.string().nullish(),
});

export async function listClusterThings(reader: CloudReader, scope: TenantScope): Promise<Found> {
  const magnum = { service: "container-infra" } as const;
  const isOwn = (row: { project_id?: string | null | undefined }) =>
    scope.projectIds.includes(row.project_id ?? "");
  const clusters = (
    await listWhole(reader, { ...magnum, path: "/clusters/detail", rows: "clusters", row: clusterRow })
  ).filter(isOwn);
  const templates = (
    await listWhole(reader, {
      ...magnum,
      path: "/clustertemplates/detail",
      rows: "clustertemplates",
      row: clusterTemplateBody,
    })
  ).filter(isOwn);
  const keyOfName = (name: string | null | undefined) =>
    scope.userIds.map((userId) => keyTo("keypair", `${userId}/${name ?? ""}`));
  const named = (kind: ThingKind, id: string | null | undefined) =>
    id === null || id === undefined || id === "" ? [] : [keyTo(kind, id)];
  const things = [
    ...clusters.map((one) => ({
      ...standing(scope, { kind: "cluster", id: one.uuid, name: one.name, projectId: one.project_id ?? "" }),
      path: apiPath`/clusters/${one.uuid}`,
      uses: [
        projectKey(one.project_id ?? ""),
        keyTo("cluster_template", one.cluster_template_id),
        ...named("network", one.fixed_network),
        ...named("subnet", one.fixed_subnet),
        ...keyOfName(one.keypair),
      ],
    })),
    ...templates.map((one) => ({
      ...standing(scope, {
        kind: "cluster_template",
        id: one.uuid,
        name: one.name,
        projectId: one.project_id ?? "",
      }),
      path: apiPath`/clustertemplates/${one.uuid}`,
      uses: [projectKey(one.project_id ?? ""), keyTo("image", one.image_id), ...keyOfName(one.keypair_id)],
    })),
  ];
  const strangers = templates
    .filter((one) => one.public)
    .map((one) => `whoever builds clusters from the tenant's public template ${one.name}`);
  return { things, strangers };
}

export async function listServerThings(reader: CloudReader, scope: TenantScope): Promise<OwnedThing[]> {
  const things: OwnedThing[] = [];
  for (const id of scope.projectIds) {
    const path = apiPath`/servers/detail?all_tenants=1&project_id=${id}`;
    const servers = await listWhole(reader, { service: "compute", path, rows: "servers", row: ownedServer });
    for (const one of servers.filter(({ tenant_id }) => tenant_id === id)) {
      const image = typeof one.image === "object" && one.image !== null ? [keyTo("image", one.image.id)] : [];
      const volumes = one["os-extended-volumes:volumes_attached"] ?? [];
      things.push({
        ...standing(scope, { kind: "server", id: one.id, name: one.name, projectId: id }),
        path: apiPath`/servers/${one.id}`,
        uses: [projectKey(id), ...image, ...volumes.map((volume) => keyTo("volume", volume.id))],
      });
    }
  }
  const groups = await listWhole(reader, {
    service: "compute",
    path: "/os-server-groups?all_projects=true",
    rows: "server_groups",
    row: ownedServerGroup,
    headers: NOVA_VERSION,
  });
  const members = new Map<string, string[]>();
  for (const one of groups.filter(({ project_id }) => scope.projectIds.includes(project_id))) {
    for (const server of one.members ?? []) {
      members.set(server, [...(members.get(server) ?? []), keyTo("server_group", one.id)]);
    }
    things.push({
      ...standing(scope, { kind: "server_group", id: one.id, name: one.name, projectId: one.project_id }),
      path: apiPath`/os-server-groups/${one.id}`,
    });
  }
  return things.map((one) => ({ ...one, uses: [...one.uses, ...(members.get(one.id) ?? [])] }));
}

/** Hidden images are on no other list, and community ones only on that of all. */
const IMAGE_LISTS = ["visibility=all", "visibility=all&os_hidden=true"];

export async function listImageThings(reader: CloudReader, scope: TenantScope): Promise<Found> {
  const things: OwnedThing[] = [];
  const strangers: string[] = [];
  for (const id of scope.projectIds) {
    for (const list of IMAGE_LISTS) {
      const path = `/images?owner=${encodeURIComponent(id)}&${list}`;
      const images = await listWhole(reader, { service: "image", path, rows: "images", row: ownedImage });
      for (const one of images.filter(({ owner }) => owner === id)) {
        if (things.some((thing) => thing.id === one.id)) continue;
        const name = one.name ?? one.id;
        things.push({
          ...standing(scope, { kind: "image", id: one.id, name, projectId: id }),
          path: apiPath`/images/${one.id}`,
        });
        if (one.protected === true) strangers.push(`the protection that somebody set on the image ${name}`);
        if (await isUsedByOthers(reader, one))
          strangers.push(`whoever uses the tenant's ${one.visibility} image ${name}`);
      }
    }
  }
  return { things, strangers };
}

async function isUsedByOthers(reader: CloudReader, one: z.output<typeof ownedImage>): Promise<boolean> {
  if (one.visibility === "public" || one.visibility === "community") return true;
  if (one.visibility !== "shared") return false;
  const members = await listWhole(reader, {
    service: "image",
    path: apiPath`/images/${one.id}/members`,
    rows: "members",
    row: imageMember,
  });
  return members.length > 0;
}

/** Load balancers and volumes, on a cloud that has the services. */
export async function listOptionalThings(
  reader: CloudReader,
  scope: TenantScope,
  services: ReadonlySet<Service>,
): Promise<OwnedThing[]> {
  const things: OwnedThing[] = [];
  for (const id of scope.projectIds) {
    if (services.has("load-balancer")) {
      const path = apiPath`/lbaas/loadbalancers?project_id=${id}`;
      const target = {
        service: "load-balancer",
        path,
        rows: "loadbalancers",
        row: ownedLoadBalancer,
      } as const;
      for (const one of (await listWhole(reader, target)).filter(({ project_id }) => project_id === id)) {
        const subnet = one.vip_subnet_id ?? "";
        const network = one.vip_network_id ?? "";
        things.push({
          ...standing(scope, { kind: "load_balancer", id: one.id, name: one.name, projectId: id }),
          path: apiPath`/lbaas/loadbalancers/${one.id}`,
          uses: [projectKey(id), keyTo("subnet", subnet), keyTo("network", network)],
        });
      }
    }
    if (services.has("block-storage")) {
      const path = apiPath`/volumes/detail?all_tenants=1&project_id=${id}`;
      const target = { service: "block-storage", path, rows: "volumes", row: ownedVolume } as const;
      const volumes = await listWhole(reader, target);
      for (const one of volumes.filter((row) => row["os-vol-tenant-attr:tenant_id"] === id)) {
        things.push({
          ...standing(scope, { kind: "volume", id: one.id, name: one.name, projectId: id }),
          path: apiPath`/volumes/${one.id}`,
        });
      }
    }
  }
  return things;
}

export async function listKeypairs(reader: CloudReader, scope: TenantScope): Promise<OwnedThing[]> {
  const things: OwnedThing[] = [];
  for (const userId of scope.userIds) {
    const rows = await listWhole(reader, {
      service: "compute",
      path: apiPath`/os-keypairs?user_id=${userId}`,
      rows: "keypairs",
      row: z.looseObject({ keypair }),
      headers: NOVA_VERSION,
    });
    const owner = userOwner(scope, userId);
    for (const { keypair: one } of rows) {
      things.push({
        kind: "keypair",
        id: `${userId}/${one.name}`,
        name: one.name,
        owner,
        why: `The user ${owner.name} holds it.`,
        uses: [keyTo("user", userId)],
        goesWith: null,
        service: "compute",
        path: `${apiPath`/os-keypairs/${one.name}`}?user_id=${encodeURIComponent(userId)}`,
        with: { user_id: userId },
      });
    }
  }
  return things;
}

/** Of projects that are there: Nova answers 400 for one that is gone, and keeps nothing that could be read of it. */
export async function listComputeQuotas(reader: CloudReader, scope: TenantScope): Promise<OwnedThing[]> {
  const things: OwnedThing[] = [];
  for (const { id, name } of scope.projects) {
    const path = apiPath`/os-quota-sets/${id}`;
    const read = (at: string) => reader.get({ service: "compute", path: at, body: computeQuotaBody });
    const { quota_set: now } = await read(path);
    const { quota_set: usual } = await read(`${path}/defaults`);
    const { cores, instances, ram } = usual;
    if (differences(now, { cores, instances, ram }).length === 0) continue;
    things.push({
      ...standing(scope, { kind: "compute_quota", id, name, projectId: id }),
      why: "It was set for the project.",
      path,
      with: { cores: String(cores), instances: String(instances), ram: String(ram) },
    });
  }
  return things;
}

const SERVICE_OF: Partial<Record<ThingKind, Service>> = {
  cluster: "container-infra",
  cluster_template: "container-infra",
  image: "image",
  load_balancer: "load-balancer",
  volume: "block-storage",
};

/** A thing in a project; the caller adds where it is and what it hangs on besides. */
function standing(
  scope: TenantScope,
  of: { kind: ThingKind; id: string; name: string | null | undefined; projectId: string },
): OwnedThing {
  const owner = projectOwner(scope, of.projectId);
  return {
    kind: of.kind,
    id: of.id,
    name: of.name ?? of.id,
    owner,
    why: `It stands in the project ${owner.name}.`,
    uses: [projectKey(of.projectId)],
    goesWith: null,
    service: SERVICE_OF[of.kind] ?? "compute",
    path: "",
    with: {},
  };
}
