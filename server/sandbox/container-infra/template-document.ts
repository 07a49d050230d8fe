import { newHexId } from "#server/sandbox/kernel/ids.ts";
import type { JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { MagnumCall } from "./call.ts";
import { findImage, requireResources } from "./cloud-resources.ts";
import { invalidField, MagnumFault } from "./faults.ts";
import type { TemplateAttributes } from "./state.ts";

export interface CheckedTemplate {
  attributes: TemplateAttributes;
  clusterDistro: string;
}

// The driver's provides: server type, operating system, orchestrator.
const supportedDistros = new Set(["ubuntu", "capi-kubeadm-cloudinit"]);
const networkDrivers = ["flannel", "calico"];
const coes = ["kubernetes", "swarm", "mesos"];
const NAME = /^[a-zA-Z][a-zA-Z0-9_.-]*$/;

/** Checks a new template in Magnum's order: form, drivers, image, other resources, then who may publish. */
export function checkTemplate(call: MagnumCall, body: JsonObject): CheckedTemplate {
  const attributes = readAttributes(body);
  if (!NAME.test(attributes.name)) {
    throw invalidField("name", attributes.name, `Value should match the pattern ${NAME.source}`);
  }
  if (!networkDrivers.includes(attributes.network_driver)) {
    throw new MagnumFault(
      400,
      `Network driver type ${attributes.network_driver} is not supported, expecting a flannel/calico/unspecified network driver.`,
    );
  }
  if (attributes.volume_driver !== null && attributes.volume_driver !== "cinder") {
    throw new MagnumFault(
      400,
      `Volume driver type ${attributes.volume_driver} is not supported, expecting a cinder volume driver.`,
    );
  }
  const clusterDistro = requireSupportedImage(call, attributes);
  requireResources(call, {
    flavorId: attributes.flavor_id,
    masterFlavorId: attributes.master_flavor_id,
    keypair: attributes.keypair_id,
    externalNetwork: attributes.external_network_id,
    fixedNetwork: attributes.fixed_network,
    fixedSubnet: attributes.fixed_subnet,
  });
  if ((attributes.public || attributes.hidden) && !call.isAdmin) {
    throw new MagnumFault(403, "Not authorized to set public or hidden flag for cluster template.");
  }
  return { attributes, clusterDistro };
}

/** An image that does not exist has no os_distro, so Magnum complains about the cluster type instead (recorded). */
function requireSupportedImage(call: MagnumCall, attributes: TemplateAttributes): string {
  const distro = findImage(call, attributes.image_id)?.properties["os_distro"] ?? "Unset";
  const { server_type: serverType, coe } = attributes;
  if (!supportedDistros.has(distro) || serverType !== "vm" || coe !== "kubernetes") {
    throw new MagnumFault(400, `Cluster type (${serverType}, ${distro}, ${coe}) not supported.`);
  }
  return distro;
}

function readAttributes(body: JsonObject): TemplateAttributes {
  const known = new Set<string>([...Object.keys(defaults), "name", "coe", "image_id"]);
  const unknown = Object.keys(body).find((key) => !known.has(key));
  if (unknown !== undefined) throw new MagnumFault(400, `Unknown attribute: ${unknown}`);
  const coe = body["coe"];
  if (typeof coe !== "string" || !coes.includes(coe)) {
    throw invalidField("coe", coe ?? null, `Value should be one of: ${coes.join(", ")}`);
  }
  return {
    ...defaults,
    name: text(body, "name") ?? `template-${newHexId().slice(0, 6)}`,
    coe,
    image_id: mandatory(body, "image_id"),
    flavor_id: text(body, "flavor_id") ?? defaults.flavor_id,
    master_flavor_id: text(body, "master_flavor_id"),
    dns_nameserver: text(body, "dns_nameserver") ?? defaults.dns_nameserver,
    keypair_id: text(body, "keypair_id"),
    external_network_id: mandatory(body, "external_network_id"),
    fixed_network: text(body, "fixed_network"),
    fixed_subnet: text(body, "fixed_subnet"),
    network_driver: text(body, "network_driver") ?? defaults.network_driver,
    apiserver_port: wholeNumber(body, "apiserver_port"),
    docker_volume_size: wholeNumber(body, "docker_volume_size"),
    http_proxy: text(body, "http_proxy"),
    https_proxy: text(body, "https_proxy"),
    no_proxy: text(body, "no_proxy"),
    volume_driver: text(body, "volume_driver"),
    registry_enabled: flag(body, "registry_enabled", false),
    labels: readLabels(body),
    tls_disabled: flag(body, "tls_disabled", false),
    public: flag(body, "public", false),
    server_type: text(body, "server_type") ?? defaults.server_type,
    insecure_registry: text(body, "insecure_registry"),
    docker_storage_driver: text(body, "docker_storage_driver") ?? defaults.docker_storage_driver,
    master_lb_enabled: flag(body, "master_lb_enabled", false),
    floating_ip_enabled: flag(body, "floating_ip_enabled", true),
    hidden: flag(body, "hidden", false),
    tags: text(body, "tags"),
  };
}

const defaults = {
  flavor_id: "m1.medium",
  master_flavor_id: null,
  dns_nameserver: "8.8.8.8",
  keypair_id: null,
  external_network_id: null,
  fixed_network: null,
  fixed_subnet: null,
  network_driver: "flannel",
  apiserver_port: null,
  docker_volume_size: null,
  http_proxy: null,
  https_proxy: null,
  no_proxy: null,
  volume_driver: null,
  registry_enabled: false,
  labels: {},
  tls_disabled: false,
  public: false,
  server_type: "vm",
  insecure_registry: null,
  docker_storage_driver: "overlay2",
  master_lb_enabled: false,
  floating_ip_enabled: true,
  hidden: false,
  tags: null,
};

/** Labels of a template or a cluster; Magnum keeps every value as text. */
export function readLabels(body: JsonObject): Record<string, string> {
  const labels = body["labels"];
  if (typeof labels !== "object" || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

export function text(body: JsonObject, key: string): string | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw invalidField(key, value, "Value should be string");
  return value;
}

export function mandatory(body: JsonObject, key: string): string {
  const value = text(body, key);
  if (value === null || value === "") throw invalidField(key, null, "Mandatory field missing.");
  return value;
}

export function wholeNumber(body: JsonObject, key: string): number | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw invalidField(key, value, "Value should be integer");
  }
  return value;
}

export function flag(body: JsonObject, key: string, isDefault: boolean): boolean {
  const value = body[key];
  if (value === undefined || value === null) return isDefault;
  if (typeof value !== "boolean") throw invalidField(key, value, "Value should be boolean");
  return value;
}
