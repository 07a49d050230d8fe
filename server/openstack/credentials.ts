/** A domain, by id when it is known, by name otherwise. */
export type DomainRef = { readonly id: string } | { readonly name: string };

export type UserRef = { readonly id: string } | { readonly name: string; readonly domain: DomainRef };

export type TokenScope =
  | { readonly project: { readonly id: string } | { readonly name: string; readonly domain: DomainRef } }
  | { readonly domain: DomainRef };

/** What signs in at Keystone. */
export type KeystoneCredentials =
  | {
      readonly kind: "password";
      readonly user: UserRef;
      readonly password: string;
      readonly scope: TokenScope;
    }
  | { readonly kind: "application_credential"; readonly id: string; readonly secret: string };

/** A token of a hypervisor's own API, `user@realm!name`: it stands in every call, and nothing signs in. */
export interface ApiToken {
  readonly kind: "api_token";
  readonly id: string;
  readonly secret: string;
}

export type CloudCredentials = KeystoneCredentials | ApiToken;

/**
 * The body of POST /v3/auth/tokens. An application credential carries its own scope, and Keystone
 * refuses one given beside it.
 * https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management
 */
export function authBody(credentials: KeystoneCredentials) {
  if (credentials.kind === "application_credential") {
    const { id, secret } = credentials;
    return {
      auth: { identity: { methods: ["application_credential"], application_credential: { secret, id } } },
    };
  }
  const user = { password: credentials.password, ...credentials.user };
  return {
    auth: { identity: { methods: ["password"], password: { user } }, scope: credentials.scope },
  };
}

/** Who signs in, in words for an error; never the secret. */
export function credentialsInWords(credentials: KeystoneCredentials): string {
  if (credentials.kind === "application_credential") return `application credential ${credentials.id}`;
  return "id" in credentials.user ? `user ${credentials.user.id}` : `user ${credentials.user.name}`;
}
