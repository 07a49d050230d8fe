import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { parse } from "yaml";
import * as z from "zod";
import type { Fault } from "#server/sandbox/kernel/faults.ts";
import type { PolicyVariant } from "#server/sandbox/kernel/world.ts";

/** What the embedded cloud enforces when nobody has changed it. */
export const USUAL_POLICY: PolicyVariant = {
  createUser: "fixed",
  trust: "target",
  override: "on",
  appCredTrust: true,
};

const cloudsFile = z.object({
  clouds: z.object({
    embedded: z.object({
      auth: z.object({ auth_url: z.url(), username: z.string(), password: z.string() }),
      cacert: z.string(),
    }),
  }),
});

export interface CloudAnswer {
  status: number;
  body: unknown;
  headers: Headers;
}

/**
 * The embedded cloud of a console, over its own TLS: as its administrator, as anybody with a password, and through its
 * loopback control path for faults and policy.
 */
export class EmbeddedCloud {
  readonly authUrl: string;
  private readonly origin: string;
  private readonly key: string;
  private readonly agent: Agent;
  private readonly admin: { username: string; password: string };

  constructor(dataDir: string) {
    const text = readFileSync(join(dataDir, "cloud/clouds.yaml"), "utf8");
    const { auth, cacert } = cloudsFile.parse(parse(text)).clouds.embedded;
    this.authUrl = auth.auth_url;
    this.origin = new URL(auth.auth_url).origin;
    this.admin = auth;
    this.key = readFileSync(join(dataDir, "cloud/control.key"), "utf8").trim();
    this.agent = new Agent({ connect: { ca: readFileSync(cacert, "utf8") } });
  }

  /** `path` starts with the service's prefix, as in "/identity/v3/users". */
  async call(
    method: string,
    path: string,
    given: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<CloudAnswer> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        ...(given.token === undefined ? {} : { "X-Auth-Token": given.token }),
        ...(given.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...given.headers,
      },
      ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return {
      status: response.status,
      body: isJson && text !== "" ? JSON.parse(text) : text,
      headers: new Headers(Object.fromEntries(response.headers)),
    };
  }

  /** A token of a user who signs in to this cloud with a password, or the status of the refusal. */
  async signIn(
    user: { name: string; domain: string; password: string },
    scope: object | "unscoped",
  ): Promise<{ status: number; token: string | null }> {
    const identity = {
      methods: ["password"],
      password: { user: { name: user.name, domain: { name: user.domain }, password: user.password } },
    };
    const answer = await this.call("POST", "/identity/v3/auth/tokens", {
      body: { auth: { identity, scope } },
    });
    return { status: answer.status, token: answer.headers.get("x-subject-token") };
  }

  async adminToken(): Promise<string> {
    const { token } = await this.signIn(
      { name: this.admin.username, domain: "admin_domain", password: this.admin.password },
      { project: { name: "admin", domain: { name: "admin_domain" } } },
    );
    if (token === null) throw new Error("The embedded cloud refuses its own administrator.");
    return token;
  }

  /** Does something on the cloud behind the console's back, as its administrator. */
  async asAdmin(method: string, path: string, body?: unknown): Promise<CloudAnswer> {
    const answer = await this.call(method, path, {
      token: await this.adminToken(),
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 400)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** Names in a listing, such as `names("/identity/v3/users?domain_id=...", "users")`. */
  async names(path: string, collection: string): Promise<string[]> {
    const { body } = await this.asAdmin("GET", path);
    const listing = z.record(z.string(), z.unknown()).parse(body);
    return z
      .array(z.object({ name: z.string() }))
      .parse(listing[collection])
      .map(({ name }) => name);
  }

  /** The next requests that match meet this fault. */
  async addFault(fault: Fault): Promise<void> {
    await this.control("POST", "faults", fault);
  }

  async clearFaults(): Promise<void> {
    await this.control("DELETE", "faults");
  }

  /** How many uses of planted faults are left. */
  async faultsLeft(): Promise<number> {
    const { body } = await this.control("GET", "faults");
    const { faults } = z.object({ faults: z.array(z.object({ remainingCount: z.number() })) }).parse(body);
    return faults.reduce((sum, { remainingCount }) => sum + remainingCount, 0);
  }

  async setPolicy(change: Partial<PolicyVariant>): Promise<void> {
    await this.control("POST", "policy", change);
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private async control(method: string, what: string, body?: unknown): Promise<CloudAnswer> {
    const answer = await this.call(method, `/_sandbox/${what}`, {
      headers: { "x-sandbox-key": this.key },
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 400) throw new Error(`${method} ${what}: ${JSON.stringify(answer.body)}`);
    return answer;
  }
}
