import type { CloudCredentials } from "./credentials.ts";

export type EndpointInterface = "public" | "internal" | "admin";

/** One cloud as clouds.yaml describes it, checked. */
export interface CloudConfig {
  readonly name: string;
  /** The clouds.yaml it was read from. */
  readonly file: string;
  /** https, without a trailing slash, ending in /v3; of a hypervisor, in /api2/json. */
  readonly authUrl: string;
  /** The operator's own identity. Never logged, never shown. */
  readonly credentials: CloudCredentials;
  readonly regionName: string | null;
  readonly interface: EndpointInterface;
  /** Absolute path, or null when the cloud's certificate comes from a public authority. */
  readonly cacertPath: string | null;
  /** Origins that catalog endpoints may have, or null for any https port on the host of `authUrl`. */
  readonly endpointOrigins: readonly string[] | null;
  /** The range tenant networks are cut from, in CIDR form. */
  readonly tenantPool: string | null;
  readonly horizonUrl: string | null;
}

type OriginRule = Pick<CloudConfig, "authUrl" | "endpointOrigins">;

/** Whether a token may be sent to this URL. The identity service's own origin always may have it. */
export function isOriginAllowed(rule: OriginRule, url: URL): boolean {
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "") return false;
  const auth = new URL(rule.authUrl);
  if (url.origin === auth.origin) return true;
  return rule.endpointOrigins === null
    ? url.hostname === auth.hostname
    : rule.endpointOrigins.includes(url.origin);
}
