import type { Json } from "#server/domain/canonical/json.ts";
import { isSymbolic } from "#server/domain/plan/refs.ts";
import { IDENTITY_WORDS, type Identity } from "#server/domain/plan/states.ts";
import { HYPERVISOR_TOKEN, type SecretName } from "#server/domain/secret/names.ts";
import type { CloudCredentials } from "#server/openstack/credentials.ts";
import { NotYetError } from "#server/operations/not-yet.ts";
import { IdentityError } from "./endings.ts";

export type TenantIdentity = Exclude<Identity, "operator-admin" | "host-account" | "person">;

/** The sealed secret that each tenant identity signs in with, and the as-run values that say who and where it is. */
export const SIGN_IN: Record<TenantIdentity, { secret: SecretName; values: readonly string[] }> = {
  "domain-manager": { secret: "manager_password", values: ["manager_id", "domain_id"] },
  "service-user": { secret: "svc_password", values: ["svc_id", "project_id"] },
  "application-credential": { secret: "app_cred_secret", values: ["app_cred_id"] },
};

/** Identities whose sign-in changes when that secret is sealed anew. */
export function identitiesOf(secret: string): Identity[] {
  if (secret === HYPERVISOR_TOKEN) return ["operator-admin"];
  const all: TenantIdentity[] = ["domain-manager", "service-user", "application-credential"];
  return all.filter((identity) => SIGN_IN[identity].secret === secret);
}

/**
 * The as-run values an identity needs. Throws NotYetError when an earlier step of the plan still has to make one, and
 * IdentityError when none will.
 */
export function requireSignInValues(identity: TenantIdentity, saved: ReadonlyMap<string, Json>): string[] {
  return SIGN_IN[identity].values.map((name) => {
    const value = saved.get(name);
    if (typeof value !== "string") {
      throw new IdentityError(
        `The ${IDENTITY_WORDS[identity].toLowerCase()} of this tenant is not known yet: there is no ${name} on record. Nothing was sent.`,
        "Run the stage that makes it first.",
      );
    }
    if (isSymbolic(value)) throw new NotYetError(`step ${value.slice(2).split(".")[0] ?? ""}`);
    return value;
  });
}

/** `values` as requireSignInValues gives them. The domain manager's token is for its domain, the user's for its project. */
export function credentialsFor(
  identity: TenantIdentity,
  values: readonly string[],
  secret: string,
): CloudCredentials {
  const [first = "", second = ""] = values;
  switch (identity) {
    case "domain-manager":
      return { kind: "password", user: { id: first }, password: secret, scope: { domain: { id: second } } };
    case "service-user":
      return { kind: "password", user: { id: first }, password: secret, scope: { project: { id: second } } };
    case "application-credential":
      return { kind: "application_credential", id: first, secret };
  }
}
