import { z } from "zod";

/** https://docs.openstack.org/api-ref/identity/v3-ext/#os-trust-api */
export const trust = z.looseObject({
  id: z.string(),
  trustor_user_id: z.string(),
  trustee_user_id: z.string(),
  project_id: z.string().nullish(),
  impersonation: z.boolean(),
  expires_at: z.string().nullish(),
});

/** POST /v3/OS-TRUST/trusts and GET /v3/OS-TRUST/trusts/{trust_id} */
export const trustBody = z.looseObject({ trust });

/** GET /v3/OS-TRUST/trusts; the roles of each trust are not in the list. */
export const trustsBody = z.looseObject({ trusts: z.array(trust) });

export type Trust = z.output<typeof trust>;
