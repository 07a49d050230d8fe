import * as z from "zod";

/** Client names become Keystone domain names and name prefixes of everything made for the client. */
export const slugSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,30}$/,
    "Use 2 to 31 characters: a lower-case letter first, then letters, digits or hyphens.",
  )
  .refine((slug) => !slug.endsWith("-"), { message: "A client name does not end with a hyphen." })
  .refine((slug) => !isReservedSlug(slug), {
    message: "This name is reserved for the cloud's own domains. Choose another.",
  });

/** Names of domains and projects that clouds make for themselves (Keystone, Magnum, Heat, Octavia, charm defaults). */
const RESERVED = [
  "admin",
  "admin-domain",
  "capi-mgmt",
  "default",
  "domain",
  "heat",
  "keystone",
  "magnum",
  "octavia",
  "openstack",
  "operator",
  "root",
  "service",
  "service-domain",
  "services",
  "system",
  "tenant",
];

export function isReservedSlug(slug: string): boolean {
  return RESERVED.includes(slug) || slug.startsWith("magnum-") || slug.startsWith("admin-");
}

const count = (max: number, what: string) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^[0-9]{1,9}$/)
          .transform(Number),
      ],
      {
        error: `${what}: use a whole number.`,
      },
    )
    .pipe(
      z
        .int(`${what}: use a whole number.`)
        .min(1, `${what}: at least 1.`)
        .max(max, `${what}: at most ${max}.`),
    );

export const tenantInputsSchema = z.strictObject({
  cidr: z.string().min(1, "Enter the tenant network, such as 10.20.24.0/24.").max(18),
  instances: count(1000, "Instances"),
  cores: count(10_000, "Cores"),
  ramMb: count(10_000_000, "Memory in MiB"),
  nodeCount: count(100, "Worker nodes"),
});
export type TenantInputs = z.output<typeof tenantInputsSchema>;

/** What somebody entered at the start: of a host with guests, nothing. */
export type PlaceInputs = TenantInputs | Record<string, never>;

/** Whether they are a client's: a host has entered nothing. */
export const isOfClient = (inputs: PlaceInputs): inputs is TenantInputs => "cidr" in inputs;

export const DEFAULT_TENANT_INPUTS = { instances: 10, cores: 20, ramMb: 51_200, nodeCount: 1 };

export const createTenantSchema = z.strictObject({
  slug: slugSchema,
  cloudId: z.uuid(),
  inputs: tenantInputsSchema,
});

export const tenantIdSchema = z.strictObject({ tenantId: z.uuid() });
