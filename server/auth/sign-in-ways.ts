import { webEnv } from "#server/env.ts";

/** Which ways of signing in this installation offers, for the sign-in page. */
export function signInWays(): { hasSingleSignOn: boolean } {
  return { hasSingleSignOn: webEnv().oidc !== null };
}
