import type { Json } from "#server/domain/canonical/json.ts";
import { type ClusterTemplate, clusterTemplateBody } from "#server/openstack/wire/cluster-template.ts";
import { callPath } from "../call-path.ts";
import type { CloudReader } from "../cloud-reader.ts";

export async function readTemplate(reader: CloudReader, id: string): Promise<ClusterTemplate> {
  const path = callPath`/clustertemplates/${id}`;
  return reader.get({ service: "container-infra", path, body: clusterTemplateBody });
}

/** What of a template is compared and kept, by the names the operation uses. */
export function templateValues(template: ClusterTemplate): Record<string, Json> {
  return {
    id: template.uuid,
    name: template.name,
    coe: template.coe,
    image_id: template.image_id,
    network_driver: template.network_driver ?? null,
    cluster_distro: template.cluster_distro ?? null,
    external_network_id: template.external_network_id ?? null,
    flavor: template.flavor_id ?? null,
    master_flavor: template.master_flavor_id ?? null,
    keypair: template.keypair_id ?? null,
    dns_nameserver: textOf(template["dns_nameserver"]),
    labels: template.labels ?? {},
    master_lb_enabled: template["master_lb_enabled"] === true,
    floating_ip_enabled: template["floating_ip_enabled"] === true,
    public: template.public,
    project_id: template.project_id ?? null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
