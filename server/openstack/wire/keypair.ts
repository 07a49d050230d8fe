import { z } from "zod";

/** https://docs.openstack.org/api-ref/compute/#keypairs-keypairs */
export const keypair = z.looseObject({
  name: z.string(),
  fingerprint: z.string(),
  public_key: z.string(),
  user_id: z.string().optional(),
});

/** GET /v2.1/os-keypairs/{keypair_name}, and POST with a public key of ours */
export const keypairBody = z.looseObject({ keypair });

/** POST /v2.1/os-keypairs without a public key: the only answer that holds the private one. */
export const createdKeypairBody = z.looseObject({
  keypair: keypair.extend({ private_key: z.string().min(1) }),
});

/** GET /v2.1/os-keypairs wraps every item once more. */
export const keypairsBody = z.looseObject({ keypairs: z.array(z.looseObject({ keypair })) });
