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
