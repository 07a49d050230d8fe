import ipaddr from "ipaddr.js";
import { z } from "zod";

const text = z
  .string({ error: () => "must be text; put quotes around it if it looks like a number" })
  .min(1, { error: "must not be empty" });

const httpsUrl = text.refine((value) => URL.canParse(value) && isPlainHttps(new URL(value)), {
  error: "must be an https address without user name and password",
});

const origin = httpsUrl.refine((value) => URL.canParse(value) && isBare(new URL(value)), {
  error: "must be an origin: https://host or https://host:port, without a path",
});

const cidr = text.refine(isCidr, { error: "must be a range in CIDR form, such as 10.32.0.0/11" });

/**
 * The `auth` part of a cloud.
 * https://docs.openstack.org/keystoneauth/latest/authentication-plugins.html
 */
const auth = z.looseObject(
  {
    auth_url: httpsUrl.refine((value) => !/\/v2(\.0)?\/?$/.test(value), {
      error: "must be Keystone v3, not v2.0",
    }),
    username: text.optional(),
    user_id: text.optional(),
    password: text.optional(),
    user_domain_id: text.optional(),
    user_domain_name: text.optional(),
    project_id: text.optional(),
    project_name: text.optional(),
    project_domain_id: text.optional(),
    project_domain_name: text.optional(),
    domain_id: text.optional(),
    domain_name: text.optional(),
    application_credential_id: text.optional(),
    application_credential_secret: text.optional(),
    token_id: text.regex(/^[^@!=\s]+@[^@!=\s]+![^@!=\s]+$/, { error: "must be user@realm!name" }).optional(),
    token_secret: text.optional(),
  },
  { error: "is missing or is not a mapping" },
);

const AUTH_TYPES = ["password", "v3password", "v3applicationcredential", "proxmox_api_token"] as const;

/** One entry of `clouds`; keys that are not read here are left to other tools. */
export const cloudEntry = z.looseObject(
  {
    auth,
    auth_type: z.enum(AUTH_TYPES, { error: () => `must be one of ${AUTH_TYPES.join(", ")}` }).optional(),
    region_name: text.optional(),
    interface: z
      .enum(["public", "internal", "admin"], { error: () => "must be public, internal or admin" })
      .default("public"),
    cacert: text.optional(),
    verify: z
      .literal(true, { error: () => 'must not be switched off: name the cloud\'s CA with "cacert" instead' })
      .optional(),
    insecure: z
      .literal(false, { error: () => 'must not be switched on: name the cloud\'s CA with "cacert" instead' })
      .optional(),
    identity_api_version: z.literal(["3", 3], { error: () => "must be 3" }).optional(),
    profile: z
      .undefined({ error: () => "is not supported: write the profile's settings out here" })
      .optional(),
    // Ours, so a key that is misspelt is refused rather than ignored.
    countersign: z
      .strictObject(
        {
          endpoint_origins: z.array(origin).min(1, { error: "must name at least one origin" }).optional(),
          tenant_pool: cidr.optional(),
          horizon_url: httpsUrl.optional(),
        },
        { error: () => "may hold endpoint_origins, tenant_pool and horizon_url only" },
      )
      .optional(),
  },
  { error: "must be a mapping" },
);

export type CloudEntry = z.output<typeof cloudEntry>;

function isPlainHttps(url: URL): boolean {
  return url.protocol === "https:" && url.username === "" && url.password === "" && url.hash === "";
}

function isBare(url: URL): boolean {
  return url.pathname === "/" && url.search === "";
}

function isCidr(value: string): boolean {
  if (!ipaddr.isValidCIDR(value)) return false;
  const [address, prefix] = ipaddr.parseCIDR(value);
  return prefix >= 0 && address.toString() === networkAddress(value);
}

function networkAddress(value: string): string {
  const isV4 = ipaddr.IPv4.isValidCIDR(value);
  return (isV4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(value).toString();
}
