/** Secrets that onboarding makes for a tenant; sealed rows are named by these and nothing else. */
export const SECRET_NAMES = [
  "manager_password",
  "svc_initial_password",
  "svc_password",
  "app_cred_secret",
  "keypair_private_key",
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];
