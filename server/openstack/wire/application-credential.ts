import { z } from "zod";
import { named } from "./named.ts";

/** https://docs.openstack.org/api-ref/identity/v3/#application-credentials */
export const applicationCredential = z.looseObject({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  unrestricted: z.boolean(),
  expires_at: z.string().nullish(),
  roles: z.array(named),
});

/** POST /v3/users/{user_id}/application_credentials: the only answer that holds the secret. */
export const createdApplicationCredentialBody = z.looseObject({
  application_credential: applicationCredential.extend({ secret: z.string().min(1) }),
});

/** GET /v3/users/{user_id}/application_credentials */
export const applicationCredentialsBody = z.looseObject({
  application_credentials: z.array(applicationCredential),
});
