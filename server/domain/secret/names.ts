/** Secrets that onboarding makes for a tenant; sealed rows are named by these and nothing else. */
export const SECRET_NAMES = [
  "manager_password",
  "svc_initial_password",
  "svc_password",
  "app_cred_secret",
  "keypair_private_key",
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** The API token that took the place of a hypervisor's first one. No block and no tenant may name it. */
export const HYPERVISOR_TOKEN = "hypervisor_token";

/** Everything that is ever sealed. */
export const SEALED_NAMES = [...SECRET_NAMES, HYPERVISOR_TOKEN] as const;
export type SealedName = (typeof SEALED_NAMES)[number];
