import { z } from "zod";

/**
 * GET /v3/OS-EMBEDDED/policy-override of the embedded cloud, which stands in for the tool that deploys one: no OpenStack
 * service takes a policy over its API. `message` is worded as Keystone's charm words its status.
 */
export const policyOverrideBody = z.looseObject({
  policy_override: z.looseObject({
    state: z.enum(["active", "broken", "off"]),
    message: z.string(),
    use_override: z.boolean(),
    zip_sha256: z.string().nullable(),
  }),
});

/** GET /v3/OS-EMBEDDED/policy-files of the embedded cloud: what Keystone goes by, as YAML; null: no override counts. */
export const policyFilesBody = z.looseObject({
  policy_files: z.looseObject({ live: z.string(), override: z.string().nullable() }),
});
