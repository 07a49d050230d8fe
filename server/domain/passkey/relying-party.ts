/** Whose passkeys these are: a host's name, and the one origin whose pages may use them. */
export interface RelyingParty {
  id: string;
  origin: string;
}

/**
 * The relying party of an installation, or null where it is opened under an address: a passkey belongs to a domain name
 * (WebAuthn, 5.1.2).
 */
export function relyingPartyOf(origin: string): RelyingParty | null {
  const { hostname } = new URL(origin);
  const isAddress = hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
  return isAddress ? null : { id: hostname, origin };
}
