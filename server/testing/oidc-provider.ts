import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import Provider, { type Configuration } from "oidc-provider";

/** An account of the identity provider, found by what its owner types into the login page. */
export interface Account {
  login: string;
  subject: string;
  email: string;
  isEmailVerified: boolean;
}

export interface TestIdentityProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Parameters of every authorization request, in order: what the relying party really sent. */
  authorizations: URLSearchParams[];
  /** How long ago, in seconds, the next sign-in at the provider is said to have been. */
  lookedAgo: number;
  close(): Promise<void>;
}

/** A real OpenID provider with one client and a login page that asks for nothing but a name. */
export async function startIdentityProvider(options: {
  redirectUri: string;
  accounts: readonly Account[];
}): Promise<TestIdentityProvider> {
  const server = createServer();
  const issuer = `http://localhost:${await listen(server)}`;
  const client = { clientId: "countersign", clientSecret: randomBytes(24).toString("base64url") };
  const provider = new Provider(issuer, configuration(options, client));
  const authorizations: URLSearchParams[] = [];
  const told = { lookedAgo: 0 };
  const handle = provider.callback();
  server.on("request", (request, response) => {
    const url = new URL(request.url ?? "/", issuer);
    if (url.pathname === "/auth") authorizations.push(url.searchParams);
    if (!url.pathname.startsWith("/interaction/")) return void handle(request, response);
    const { accounts } = options;
    answerLogin(provider, { request, response, accounts, ...told }).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return {
    issuer,
    ...client,
    authorizations,
    get lookedAgo() {
      return told.lookedAgo;
    },
    set lookedAgo(seconds) {
      told.lookedAgo = seconds;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configuration(
  { redirectUri, accounts }: { redirectUri: string; accounts: readonly Account[] },
  client: { clientId: string; clientSecret: string },
): Configuration {
  return {
    clients: [
      { client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [redirectUri] },
    ],
    cookies: { keys: [randomBytes(24).toString("base64url")] },
    // As Keycloak, Entra and Google do: the claims of the scopes stand in the ID token.
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, subject) => {
      const account = accounts.find((one) => one.subject === subject);
      if (account === undefined) return undefined;
      const { email, isEmailVerified, login } = account;
      return {
        accountId: subject,
        claims: () => ({ sub: subject, email, email_verified: isEmailVerified, name: login }),
      };
    },
    // Signing in is consent enough for the organisation's own console.
    loadExistingGrant: async (ctx) => {
      const { session, client: asking, provider } = ctx.oidc;
      const grant = new provider.Grant({
        ...(asking === undefined ? {} : { clientId: asking.clientId }),
        ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
}

async function answerLogin(
  provider: Provider,
  {
    request,
    response,
    accounts,
    lookedAgo,
  }: {
    request: IncomingMessage;
    response: ServerResponse;
    accounts: readonly Account[];
    lookedAgo: number;
  },
): Promise<void> {
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><html lang="en"><title>Identity provider</title><form method="post">` +
        `<label>Account <input name="login" autofocus></label> <button>Continue</button></form></html>`,
    );
    return;
  }
  const login = new URLSearchParams(await text(request)).get("login");
  const account = accounts.find((one) => one.login === login);
  if (account === undefined) {
    await provider.interactionFinished(request, response, {
      error: "access_denied",
      error_description: "There is no such account.",
    });
    return;
  }
  await provider.interactionFinished(request, response, {
    login: { accountId: account.subject, ts: Math.floor(Date.now() / 1000) - lookedAgo },
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("The provider has no address."));
      else resolve(address.port);
    });
  });
}
