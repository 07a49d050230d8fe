import type { CloudConfig } from "./cloud-config.ts";
import { CloudError, cloudError } from "./cloud-error.ts";
import { authBody, type KeystoneCredentials, credentialsInWords } from "./credentials.ts";
import type { CloudHttp } from "./http.ts";
import { RENEW_AFTER_FRACTION, RENEW_BEFORE_EXPIRY_MS } from "./limits.ts";
import { readBody } from "./wire/read.ts";
import { type CatalogEntry, type TokenBody, tokenBody } from "./wire/token.ts";

export interface SessionIdentity {
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string;
  /** Null in a domain-scoped session. */
  readonly projectId: string | null;
  /** The domain of that project. */
  readonly projectDomainId: string | null;
  /** Whether the cloud takes that project for its operators' own. */
  readonly isAdminProject: boolean;
  /** The scope's domain; null in a project-scoped session. */
  readonly domainId: string | null;
  readonly roles: readonly string[];
  readonly isAppCred: boolean;
}

export interface IssuedToken {
  readonly value: string;
  readonly identity: SessionIdentity;
  readonly catalog: readonly CatalogEntry[];
  readonly renewAt: Date;
}

interface TokenSource {
  readonly cloud: CloudConfig;
  readonly http: CloudHttp;
  readonly credentials: KeystoneCredentials;
  readonly now: () => Date;
}

/**
 * Signs in at the identity service. Throws CloudError `unauthenticated` when it does not accept
 * the credentials or their scope, and every transport error as it is.
 */
export async function issueToken(source: TokenSource): Promise<IssuedToken> {
  const { cloud, http, credentials, now } = source;
  const url = new URL(`${cloud.authUrl}/auth/tokens`);
  const askedAt = now();
  const response = await http
    // Signing in changes nothing in the cloud, so a cut here is safe to repeat.
    .send({ method: "POST", url, body: authBody(credentials), accept: [201], changes: false })
    .catch((error: unknown) => {
      throw isUnauthorized(error) ? notAccepted(source, error) : error;
    });
  const sent = { method: "POST", url: url.href, changes: false } as const;
  const { token } = readBody(tokenBody, { ...response, sent });
  const value = response.headers["x-subject-token"];
  if (value === undefined || value === "") {
    throw cloudError({
      code: "bad_body",
      outcome: "not_applied",
      method: "POST",
      url: url.href,
      actual: response.status,
      requestId: response.requestId,
      says: `The identity service of cloud ${cloud.name} answered without a token. Nothing was changed. Check auth_url in ${cloud.file}.`,
    });
  }
  return {
    value,
    identity: identityOf(token),
    catalog: token.catalog ?? [],
    renewAt: renewAtOf(token, askedAt),
  };
}

/** Whether the error is a 401 answer. */
export function isUnauthorized(error: unknown): error is CloudError {
  return error instanceof CloudError && error.actual === 401;
}

function notAccepted({ cloud, credentials }: TokenSource, error: CloudError): CloudError {
  return new CloudError({
    ...factsOf(error),
    code: "unauthenticated",
    says: `The identity service of cloud ${cloud.name} does not accept ${credentialsInWords(credentials)} or the scope asked for (401). Nothing was changed. Check the credentials, that the user is enabled, and that it has a role in that scope.`,
  });
}

/** The facts of an error, for a copy with some of them changed. */
export function factsOf(error: CloudError) {
  const {
    code,
    outcome,
    method,
    url,
    expected,
    actual,
    requestId,
    bodyExcerpt,
    causeCode,
    retryAfterSeconds,
    says,
  } = error;
  return {
    code,
    outcome,
    method,
    url,
    expected,
    actual,
    requestId,
    bodyExcerpt,
    causeCode,
    retryAfterSeconds,
    says,
  };
}

function identityOf(token: TokenBody["token"]): SessionIdentity {
  return {
    userId: token.user.id,
    userName: token.user.name,
    userDomainId: token.user.domain.id,
    projectId: token.project?.id ?? null,
    projectDomainId: token.project?.domain.id ?? null,
    isAdminProject: token.is_admin_project ?? false,
    domainId: token.domain?.id ?? null,
    roles: (token.roles ?? []).map((role) => role.name),
    isAppCred: token.methods.includes("application_credential"),
  };
}

// Counted from our clock by the token's own lifetime, so that a cloud whose clock differs from ours
// does not make every token look expired.
function renewAtOf(token: TokenBody["token"], askedAt: Date): Date {
  const lifetimeMs = Date.parse(token.expires_at) - Date.parse(token.issued_at);
  const usableMs = Math.max(lifetimeMs - RENEW_BEFORE_EXPIRY_MS, lifetimeMs * RENEW_AFTER_FRACTION);
  return new Date(askedAt.getTime() + (Number.isFinite(usableMs) ? Math.max(usableMs, 0) : 0));
}
