import type { ServiceType } from "./cloud-call.ts";
import { type CloudConfig, isOriginAllowed } from "./cloud-config.ts";
import { cloudError } from "./cloud-error.ts";
import { safeUrl } from "./redaction.ts";
import type { CatalogEntry } from "./wire/token.ts";

/**
 * The version root of each service. A catalog may name the bare service, any of its versions, or a
 * Nova address with the project's id behind the version; all lead to the same root:
 *   https://c:5000            -> https://c:5000/v3
 *   https://c/identity/v3/    -> https://c/identity/v3
 *   https://c:8774/v2/<id>    -> https://c:8774/v2.1
 *   https://c:9696/networking -> https://c:9696/networking/v2.0
 * https://docs.openstack.org/api-ref/ gives the versions; no discovery call is made.
 */
const VERSION_ROOT = {
  identity: "/v3",
  compute: "/v2.1",
  image: "/v2",
  network: "/v2.0",
  "container-infra": "/v1",
  "load-balancer": "/v2",
  "block-storage": "/v3",
  // No catalog names one: it is configured by its address.
  hypervisor: "",
} as const satisfies Record<ServiceType, string>;

// https://service-types.openstack.org/service-types.json: the official name and its aliases.
const CATALOG_TYPES: Readonly<Record<ServiceType, readonly string[]>> = {
  identity: ["identity"],
  compute: ["compute"],
  image: ["image"],
  network: ["network"],
  "container-infra": ["container-infra", "container-infrastructure-management", "container-infrastructure"],
  "load-balancer": ["load-balancer"],
  "block-storage": ["block-storage", "volumev3", "block-store", "volume"],
  hypervisor: [],
};

/** The service that a catalog's type stands for; null for one that this client does not speak to. */
export function serviceOfType(type: string): ServiceType | null {
  const found = SERVICE_TYPES.find((service) => CATALOG_TYPES[service].includes(type));
  return found ?? null;
}

const SERVICE_TYPES = [
  "identity",
  "compute",
  "image",
  "network",
  "container-infra",
  "load-balancer",
  "block-storage",
] as const satisfies readonly ServiceType[];

const VERSION_SUFFIX = /\/v\d+(\.\d+)?$/;
const VERSION_AND_PROJECT_SUFFIX = /\/v\d+(\.\d+)?\/[^/]+$/;

/** The catalog's URL brought to the service's version root, without a trailing slash. */
export function versionRoot(service: ServiceType, catalogUrl: string): string {
  const url = new URL(catalogUrl);
  const path = url.pathname.replace(/\/+$/, "");
  // Cinder's address names the caller's project behind the version; newer ones take it or leave it.
  if (service === "block-storage") return `${url.origin}${path}`;
  const bare = service === "compute" ? path.replace(VERSION_AND_PROJECT_SUFFIX, "") : path;
  return `${url.origin}${bare.replace(VERSION_SUFFIX, "")}${VERSION_ROOT[service]}`;
}

/**
 * The root to call a service at: the catalog's endpoint of the configured interface and region.
 * Throws CloudError `unreachable` when the catalog has no such endpoint or several, and
 * `origin_refused` when it lies outside the allowed origins; in both cases nothing was sent.
 */
export function getEndpoint(
  cloud: CloudConfig,
  catalog: readonly CatalogEntry[],
  service: ServiceType,
): string {
  const found = catalog
    .filter((entry) => CATALOG_TYPES[service].includes(entry.type))
    .flatMap((entry) => entry.endpoints)
    .filter((endpoint) => endpoint.interface === cloud.interface)
    .filter((endpoint) => cloud.regionName === null || regionOf(endpoint) === cloud.regionName);
  const urls = [...new Set(found.map((endpoint) => endpoint.url))];
  const [first] = urls;
  if (first === undefined || urls.length > 1) throw noEndpoint({ cloud, service, count: urls.length });
  const url = parseUrl(first);
  if (url === null || !isOriginAllowed(cloud, url)) throw originRefused({ cloud, service, url });
  return versionRoot(service, first);
}

function regionOf(endpoint: CatalogEntry["endpoints"][number]): string | null {
  return endpoint.region_id ?? endpoint.region ?? null;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function noEndpoint(missing: { cloud: CloudConfig; service: ServiceType; count: number }) {
  const { cloud, service, count } = missing;
  const region = cloud.regionName === null ? "any region" : `region ${cloud.regionName}`;
  const what = count === 0 ? "no" : `${count} different`;
  const hint = count === 0 ? `"interface" and "region_name"` : `"region_name"`;
  return cloudError({
    code: "unreachable",
    outcome: "not_applied",
    method: "GET",
    url: cloud.authUrl,
    says: `The catalog of cloud ${cloud.name} has ${what} ${cloud.interface} ${service} endpoint in ${region}. Nothing was sent. Check ${hint} of this cloud in ${cloud.file}.`,
  });
}

function originRefused(refused: { cloud: CloudConfig; service: ServiceType; url: URL | null }) {
  const { cloud, service, url } = refused;
  const origin = url?.origin ?? "an address that is not a URL";
  return cloudError({
    code: "origin_refused",
    outcome: "not_applied",
    method: "GET",
    url: url === null ? "" : safeUrl(url),
    says: `The catalog of cloud ${cloud.name} sends ${service} calls to ${origin}, which is not an allowed https origin. Nothing was sent there, no token either. If it is right, add it to countersign.endpoint_origins of this cloud in ${cloud.file}.`,
  });
}
