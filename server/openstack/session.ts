import type { CloudRequest, CloudResponse, ServiceType } from "./cloud-call.ts";
import type { CloudConfig } from "./cloud-config.ts";
import { CloudError, cloudError } from "./cloud-error.ts";
import type { KeystoneCredentials } from "./credentials.ts";
import { getEndpoint } from "./endpoints.ts";
import { type CloudHttp, openHttp } from "./http.ts";
import { TOKEN_AFTER_RESET_MS } from "./limits.ts";
import { safeUrl } from "./redaction.ts";
import { factsOf, type IssuedToken, issueToken, isUnauthorized, type SessionIdentity } from "./token.ts";
import type { PublicAuthorities, TrustAnchor, TrustedAuthority } from "./trust-anchor.ts";

/** One identity signed in to one cloud. Two sessions share nothing but, at most, connections. */
export interface CloudSession {
  /** Who the identity service says this is, as of the last token. */
  describe(): SessionIdentity;
  /**
   * Sends one call. Throws CloudError; a 401 of the service renews the token and sends the call
   * once more, which repeats nothing: a call refused with 401 was not applied.
   */
  call(request: CloudRequest): Promise<CloudResponse>;
  /** The version root of a service, without a trailing slash. Throws like `call` when there is none. */
  endpointOf(service: ServiceType): string;
  /** Closes the connections if this session opened them; the token is left to expire. */
  close(): Promise<void>;
}

export interface OpenSessionOptions {
  readonly cloud: CloudConfig;
  /** Read for this session, so that a CA that went missing or expired is told before the first call. */
  readonly anchor: TrustAnchor;
  readonly credentials: KeystoneCredentials;
  readonly now: () => Date;
  readonly wait: (ms: number) => Promise<void>;
  /** When the user's password was last set: no token is asked for in the same second. */
  readonly notBefore?: Date | undefined;
  /** Connections to share; made with openHttp for the same anchor. Without it the session has its own. */
  readonly http?: CloudHttp | undefined;
}

/** Signs in. Throws CloudError; no call is made when the trust anchor is bad. */
export async function openSession(options: OpenSessionOptions): Promise<CloudSession> {
  const anchor = requireAnchor(options.cloud, options.anchor, options.now());
  const http = options.http ?? openHttp(anchor);
  const close = async () => {
    if (options.http === undefined) await http.close();
  };
  try {
    await waitOutReset(options);
    const source = { ...options, http };
    return { ...startSession(source, await issueToken(source)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Source = OpenSessionOptions & { readonly http: CloudHttp };

function startSession(source: Source, first: IssuedToken): Omit<CloudSession, "close"> {
  let current = first;
  let renewal: Promise<IssuedToken> | null = null;

  // Calls that meet the same dead token wait for one renewal, and never replace a fresher token.
  const renew = async (dead: IssuedToken): Promise<IssuedToken> => {
    if (current !== dead) return current;
    renewal ??= renewToken(source, dead).finally(() => {
      renewal = null;
    });
    current = await renewal;
    return current;
  };

  const call = async (request: CloudRequest): Promise<CloudResponse> => {
    const isDue = source.now() >= current.renewAt;
    const token = isDue ? await renew(current) : current;
    try {
      return await sendCall(source, token, request);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      // A token minted for this very call and still refused will not get better by another.
      if (isDue) throw stillRefused(source.cloud, error);
    }
    const fresh = await renew(token);
    return sendCall(source, fresh, request).catch((error: unknown) => {
      throw isUnauthorized(error) ? stillRefused(source.cloud, error) : error;
    });
  };

  return {
    describe: () => current.identity,
    endpointOf: (service) => getEndpoint(source.cloud, current.catalog, service),
    call,
  };
}

async function renewToken(source: Source, dead: IssuedToken): Promise<IssuedToken> {
  requireAnchor(source.cloud, source.anchor, source.now());
  const fresh = await issueToken(source);
  if (fresh.identity.userId === dead.identity.userId) return fresh;
  throw cloudError({
    code: "unauthenticated",
    outcome: "not_applied",
    method: "POST",
    url: source.cloud.authUrl,
    says: `The renewed token of cloud ${source.cloud.name} belongs to another user than this session's. The call was not sent. Open the stage again.`,
  });
}

async function sendCall(source: Source, token: IssuedToken, request: CloudRequest): Promise<CloudResponse> {
  const { service, method, path, body, headers, accept } = request;
  const url = callUrl(getEndpoint(source.cloud, token.catalog, service), path);
  const response = await source.http.send({
    method,
    url,
    headers: { ...headers, "x-auth-token": token.value },
    ...(body === undefined ? {} : { body }),
    ...(accept === undefined ? {} : { accept }),
  });
  const { status, requestId } = response;
  return { status, body: response.body, requestId, sent: { method, url: safeUrl(url) } };
}

/** Where a call goes. A path that leaves the version root would send the token, and the change, somewhere unreviewed. */
export function callUrl(root: string, path: string): URL {
  const url = new URL(`${root}${path}`);
  const stays = /^\/[^/\\#][^\\#]*$/.test(path);
  if (!stays || !`${url.origin}${url.pathname}`.startsWith(`${root}/`)) {
    throw new TypeError("A cloud path starts with / and stays below the service's version root.");
  }
  return url;
}

/** The anchor, unless it is none or has expired. Throws CloudError. */
export function requireAnchor(
  cloud: CloudConfig,
  anchor: TrustAnchor,
  now: Date,
): TrustedAuthority | PublicAuthorities {
  if (anchor.kind === "public") return anchor;
  if (anchor.kind === "ok" && anchor.notAfter >= now) return anchor;
  const says =
    anchor.kind === "ok"
      ? `The certificate authority ${anchor.subject} of cloud ${cloud.name} expired on ${anchor.notAfter.toISOString()}. No call was made. Put the current CA at ${anchor.path}.`
      : anchor.says;
  throw cloudError({ code: "tls", outcome: "not_applied", method: "POST", url: cloud.authUrl, says });
}

async function waitOutReset({ notBefore, now, wait }: OpenSessionOptions): Promise<void> {
  if (notBefore === undefined) return;
  const leftMs = notBefore.getTime() + TOKEN_AFTER_RESET_MS - now().getTime();
  if (leftMs > 0) await wait(leftMs);
}

function stillRefused(cloud: CloudConfig, error: CloudError): CloudError {
  return new CloudError({
    ...factsOf(error),
    code: "unauthenticated",
    says: `Cloud ${cloud.name} refuses ${error.method} ${error.url} with 401 even with a new token. Nothing was changed. Check that the user is enabled and that the service can reach the identity service.`,
  });
}
