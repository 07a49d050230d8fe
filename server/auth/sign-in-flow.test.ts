import type { NextAuthOptions } from "next-auth";
import * as nextAuth from "next-auth";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { hashPassword } from "#server/services/person/password.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson } from "#server/testing/people.ts";
import { closeWeb } from "#server/testing/web.ts";

// Hashing a password is slow on purpose, and slower on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const PASSWORD = "correct horse battery";
const HTTP = "http://localhost:3999";
const HTTPS = "https://console.example.org";

let world: JobWorld;
let email: string;
let personId: string;

beforeAll(async () => {
  world = await openJobWorld({ now: new Date() });
  const passwordHash = await hashPassword(PASSWORD);
  const who = await addPerson(world.db, { name: "Olga", roles: ["operator"], passwordHash });
  ({ email, id: personId } = who);
});
afterAll(() => closeWeb(world));

type Cookies = Record<string, string>;

interface Answer {
  status: number;
  location: string | null;
  body: unknown;
  setCookies: string[];
}

/** next-auth over the options of an installation at `origin`, as its other entry, for Node's own requests, runs it. */
async function installationAt(origin: string) {
  vi.resetModules();
  Object.assign(process.env, {
    COUNTERSIGN_URL: origin,
    NEXTAUTH_URL: origin,
    DATABASE_APP_URL: world.database.appUrl,
    AUTH_SECRET: "Zr8vQ2nLx0Tq5WcYp3Hs7Kd1Gf9Jb4MaUe6RtVyCwXo=",
  });
  const { authOptions } = await import("./options.ts");
  const { actorOfRequest } = await import("./actor.ts");
  const { connection } = await import("#server/api/connection.ts");
  const cookies: Cookies = {};
  const call = async (
    path: string,
    given: {
      method?: string;
      body?: Record<string, string>;
      headers?: Record<string, string>;
      cookies?: Cookies;
    } = {},
  ): Promise<Answer> => {
    const url = new URL(path, origin);
    const sent = given.cookies ?? cookies;
    const answer = await run(
      authOptions({ address: "10.3.3.3", userAgent: "test", replaces: null, returnTo: null }),
      {
        method: given.method ?? "GET",
        query: { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split("/").slice(3) },
        cookies: sent,
        headers: { host: url.host, ...given.headers },
        body: given.body ?? {},
      },
    );
    for (const cookie of answer.setCookies) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      if (!given.cookies) cookies[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1));
    }
    return answer;
  };
  const csrf = async () =>
    z.object({ csrfToken: z.string() }).parse((await call("/api/auth/csrf")).body).csrfToken;
  const signIn = async (change: Record<string, string> = {}) =>
    call("/api/auth/callback/password", {
      method: "POST",
      body: { email, password: PASSWORD, csrfToken: await csrf(), ...change },
    });
  const header = () =>
    Object.entries(cookies)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join("; ");
  const actor = (cookieHeader = header()) =>
    actorOfRequest({ connection: connection(), clock: () => new Date(), isActivity: false }, cookieHeader);
  return { call, csrf, signIn, cookies, header, actor };
}

interface NodeRequest {
  method: string;
  query: Record<string, unknown>;
  cookies: Cookies;
  headers: Record<string, string>;
  body: Record<string, string>;
}

const sessionCookieOf = ({ setCookies }: Answer) =>
  setCookies.find((cookie) => /^[^=]*session-token=[^;]/.test(cookie)) ?? null;

describe.each([
  ["http", HTTP, "next-auth.session-token"],
  ["https", HTTPS, "__Secure-next-auth.session-token"],
])("signing in over %s", (scheme, origin, cookieName) => {
  it("sets a session cookie that scripts and other sites do not get", async () => {
    const { signIn, actor } = await installationAt(origin);
    const answer = await signIn();
    const cookie = sessionCookieOf(answer) ?? "";
    expect(cookie.startsWith(`${cookieName}=`)).toBe(true);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    expect(cookie).toMatch(/; Path=\//);
    expect(/; Secure/.test(cookie)).toBe(scheme === "https");
    expect(cookie).not.toMatch(/Domain=/);
    expect((await actor())?.personId).toBe(personId);
  });
});

describe("a sign-in", () => {
  let console: Awaited<ReturnType<typeof installationAt>>;
  beforeEach(async () => {
    console = await installationAt(HTTP);
  });

  it("with a wrong password sets no session and says only that", async () => {
    const answer = await console.signIn({ password: "wrong" });
    expect(sessionCookieOf(answer)).toBeNull();
    expect(new URL(answer.location ?? "", HTTP).searchParams.get("error")).toBe("refused");
    expect(answer.location).not.toContain("wrong");
    expect(await console.actor()).toBeNull();
  });

  it.each([
    ["without the token", async () => ({ csrfToken: "" })],
    ["with another's token", async () => ({ csrfToken: await (await installationAt(HTTP)).csrf() })],
  ])("from another site, %s, sets no session", async (_what, change) => {
    const answer = await console.signIn(await change());
    expect(sessionCookieOf(answer)).toBeNull();
    expect(await console.actor()).toBeNull();
  });

  it.each([
    "https://evil.example.org/",
    "//evil.example.org",
    "/\\evil.example.org",
    "javascript:alert(1)",
    "http://localhost:3999.evil.example.org/",
    "http://localhost:3999@evil.example.org/",
    "data:text/html,x",
    "http://[",
  ])("to %s ends on our own origin", async (callbackUrl) => {
    const answer = await console.signIn({ callbackUrl });
    expect(new URL(answer.location ?? "", HTTP).origin).toBe(HTTP);
  });

  it("is not moved to the host that a header names", async () => {
    const csrfToken = await console.csrf();
    const answer = await console.call("/api/auth/callback/password", {
      method: "POST",
      headers: {
        host: "evil.example.org",
        "x-forwarded-host": "evil.example.org",
        "x-forwarded-proto": "https",
      },
      body: { email, password: PASSWORD, csrfToken },
    });
    expect(new URL(answer.location ?? "", HTTP).origin).toBe(HTTP);
    expect(sessionCookieOf(answer)).toMatch(/^next-auth\.session-token=/);
  });

  it("keeps nothing of the person in the cookie's session but what the page may know", async () => {
    await console.signIn();
    const { body } = await console.call("/api/auth/session");
    expect(JSON.stringify(body)).not.toMatch(/sid|operator/);
  });

  it("is over after signing out, also for whoever kept the cookie", async () => {
    await console.signIn();
    const kept = console.header();
    expect(await console.actor(kept)).not.toBeNull();
    await console.call("/api/auth/signout", { method: "POST", body: { csrfToken: await console.csrf() } });
    expect(await console.actor(kept)).toBeNull();
  });

  it("is not ended from another site", async () => {
    await console.signIn();
    await console.call("/api/auth/signout", { method: "POST", body: {} });
    await console.call("/api/auth/signout");
    expect(await console.actor()).not.toBeNull();
  });

  it("makes a new session each time", async () => {
    await console.signIn();
    const first = (await console.actor())?.sessionId;
    await console.signIn();
    expect((await console.actor())?.sessionId).not.toBe(first);
  });
});

/** Calls next-auth with a request and collects what it answers. */
async function run(options: NextAuthOptions, request: NodeRequest): Promise<Answer> {
  const answer: Answer = { status: 200, location: null, body: null, setCookies: [] };
  const response = {
    status: (code: number) => {
      answer.status = code;
      return response;
    },
    getHeader: (name: string) => (name.toLowerCase() === "set-cookie" ? answer.setCookies : undefined),
    setHeader: (name: string, value: string | string[]) => {
      if (name.toLowerCase() === "location") answer.location = String(value);
      if (name.toLowerCase() === "set-cookie") answer.setCookies = [value].flat();
      return response;
    },
    json: (value: unknown) => void (answer.body = value),
    send: (value: unknown) => void (answer.body = value),
    end: () => undefined,
  };
  await handlerOf(options)(request, response);
  return answer;
}

type NodeHandler = (request: NodeRequest, response: object) => Promise<unknown>;

// next-auth is CommonJS: what it exports as default stands one or two levels down, by the loader.
function handlerOf(options: NextAuthOptions): NodeHandler {
  let exported: unknown = nextAuth;
  while (typeof exported === "object" && exported !== null && "default" in exported)
    exported = exported.default;
  if (typeof exported !== "function") throw new Error("next-auth exports no function.");
  return exported(options);
}
