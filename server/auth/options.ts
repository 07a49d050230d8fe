import type { NextAuthOptions } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import CredentialsProvider from "next-auth/providers/credentials";
import * as z from "zod";
import { connection } from "#server/api/connection.ts";
import { now } from "#server/clock.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { webEnv } from "#server/env.ts";
import { log } from "#server/log.ts";
import { SESSION_MAX_MS } from "#server/services/person/limits.ts";
import { proveByPasskey } from "#server/services/person/prove-by-passkey.ts";
import { endOwnSession } from "#server/services/person/session.ts";
import { signIn, type SignInContext } from "#server/services/person/sign-in.ts";
import { stepUp } from "#server/services/person/step-up.ts";
import { signInOidc } from "#server/services/person/sign-in-oidc.ts";

interface RequestFacts {
  address: string;
  userAgent: string | null;
  /** Secret of the session that the request's cookie carries. */
  replaces: string | null;
  /** Where next-auth was asked to go afterwards, as its cookie carries it from one request to the next. */
  returnTo: string | null;
}

const oidcProfileSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  email: z.string().nullish(),
  auth_time: z.number().nullish(),
  email_verified: z.boolean().nullish(),
  name: z.string().nullish(),
});

/**
 * Sign-in for one request. The cookie holds nothing but a session secret; what the person may do is read from the
 * database each time.
 */
export function authOptions(facts: RequestFacts): NextAuthOptions {
  const env = webEnv();
  const context = { db: connection().db, clock: now, origin: env.origin, ...facts };
  // Of the one answer of the identity provider that this request may carry.
  let vouched: Entered | null = null;
  return {
    secret: env.authSecret,
    session: { strategy: "jwt", maxAge: SESSION_MAX_MS / 1000 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      CredentialsProvider({
        id: "password",
        name: "Password",
        credentials: { email: {}, password: {} },
        authorize: (given) =>
          answered(signIn(context, { email: given?.email ?? "", password: given?.password ?? "" })),
      }),
      // Proving again who is at the keyboard: the same flow, so that the cookie changes with the session.
      CredentialsProvider({
        id: "step-up",
        name: "Password again",
        credentials: { password: {} },
        authorize: (given) => answered(stepUp(context, given?.password ?? "")),
      }),
      CredentialsProvider({
        id: "passkey",
        name: "Passkey",
        credentials: { response: {} },
        authorize: (given) => answered(proveByPasskey(context, given?.response ?? "")),
      }),
      ...(env.oidc === null ? [] : [oidcProvider(env.oidc)]),
    ],
    callbacks: {
      redirect: ({ url, baseUrl }) => ownAddress(url, baseUrl),
      // The identity provider's answer is judged here: a refusal becomes an address with its reason.
      signIn: async ({ account, profile }) => {
        if (account?.provider !== "oidc") return true;
        const entered = await enterBy(context, profile);
        if (typeof entered === "string") return refusedAddress(entered, facts.returnTo);
        vouched = entered;
        return true;
      },
      jwt: ({ token, user }) => {
        if (vouched !== null) return { sub: vouched.personId, sid: vouched.sessionSecret };
        const sid = sessionSecretOf(user);
        return sid === null ? token : { sub: user.id, sid };
      },
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.["sid"] === "string") await endOwnSession(context, token["sid"]);
      },
    },
    logger: {
      error: (code, metadata) => log.warn({ code, reason: reasonOf(metadata) }, "sign-in"),
      warn: (code) => log.debug({ code }, "sign-in"),
      debug: () => undefined,
    },
  };
}

interface Entered {
  personId: string;
  sessionSecret: string;
}

/** The session that the identity provider's word makes, or the reason why it makes none. */
async function enterBy(context: SignInContext, profile: unknown): Promise<Entered | string> {
  const claims = oidcProfileSchema.parse(profile);
  try {
    return await signInOidc(context, {
      issuer: claims.iss,
      subject: claims.sub,
      email: claims.email ?? null,
      isEmailVerified: claims.email_verified === true,
      authenticatedAt: claims.auth_time ? new Date(claims.auth_time * 1000) : null,
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.details.reason;
  }
}

/** The sign-in page with why, and with where the person was going. */
function refusedAddress(reason: string, returnTo: string | null): string {
  const given = new URLSearchParams({
    error: reason,
    ...(returnTo === null ? {} : { callbackUrl: returnTo }),
  });
  return `/sign-in?${given.toString()}`;
}

/** A made session as next-auth wants it; a refusal as its reason. */
async function answered(making: Promise<Entered>) {
  try {
    const made = await making;
    return { id: made.personId, sid: made.sessionSecret };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // The page turns the reason into words; an error's text would travel in the address bar.
    throw new Error(error.details.reason, { cause: error });
  }
}

/** Where to go after signing in or out: an address of this console as a browser reads it, else its beginning. */
function ownAddress(url: string, baseUrl: string): string {
  if (!URL.canParse(url, baseUrl)) return baseUrl;
  const wanted = new URL(url, baseUrl);
  return wanted.origin === new URL(baseUrl).origin ? wanted.href : baseUrl;
}

function oidcProvider(oidc: {
  issuer: string;
  clientId: string;
  clientSecret: string;
}): OAuthConfig<unknown> {
  return {
    id: "oidc",
    name: "Single sign-on",
    type: "oauth",
    wellKnown: `${oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    profile: (profile) => ({ id: oidcProfileSchema.parse(profile).sub }),
  };
}

function sessionSecretOf(user: object | undefined): string | null {
  return user && "sid" in user && typeof user.sid === "string" ? user.sid : null;
}

function reasonOf(metadata: unknown): string {
  return metadata instanceof Error ? metadata.message : "refused";
}
