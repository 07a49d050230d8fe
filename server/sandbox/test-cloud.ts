import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "./kernel/server.ts";
import { isJsonObject } from "./kernel/wire.ts";

export interface Answer {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

export interface Call {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An embedded cloud in its own directory, spoken to over real TLS with its own CA; for tests only. */
export class TestCloud {
  readonly sandbox: RunningSandbox;
  readonly dataDir: string;
  private readonly agent: Agent;
  private readonly clock: { now: Date };

  private constructor(sandbox: RunningSandbox, dataDir: string, clock: { now: Date }) {
    this.sandbox = sandbox;
    this.dataDir = dataDir;
    this.clock = clock;
    this.agent = new Agent({ connect: { ca: readFileSync(sandbox.caFile, "utf8") } });
  }

  static async start(options: Partial<SandboxOptions> = {}): Promise<TestCloud> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "countersign-cloud-")));
    const clock = { now: new Date() };
    const sandbox = await startSandbox({ now: () => clock.now, ...options, dataDir });
    return new TestCloud(sandbox, dataDir, clock);
  }

  /** Moves the cloud's clock: a token of an earlier second is not in the second of what follows. */
  advance(durationMs: number): void {
    this.clock.now = new Date(this.clock.now.getTime() + durationMs);
  }

  /** Stops the cloud and keeps its directory, for a second start. */
  async stop(): Promise<void> {
    await this.agent.close();
    await this.sandbox.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** `path` starts with the service's prefix: "/identity/v3/users". */
  async call(method: string, path: string, { token, body, headers }: Call = {}): Promise<Answer> {
    const response = await fetch(`${this.sandbox.url}${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        ...(token === undefined ? {} : { "X-Auth-Token": token }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: readJson(text), headers: Object.fromEntries(response.headers) };
  }

  async authenticate(identity: object, scope?: unknown): Promise<Answer> {
    const auth = { identity, ...(scope === undefined ? {} : { scope }) };
    return this.call("POST", "/identity/v3/auth/tokens", { body: { auth } });
  }

  async passwordToken(
    user: { name: string; domain: string; password: string },
    scope?: unknown,
  ): Promise<string> {
    return subjectToken(await this.authenticate(passwordIdentity(user), scope));
  }

  async adminToken(): Promise<string> {
    const user = { name: "admin", domain: "admin_domain", password: this.sandbox.adminPassword };
    return this.passwordToken(user, { project: { name: "admin", domain: { name: "admin_domain" } } });
  }
}

export function passwordIdentity({
  name,
  domain,
  password,
}: {
  name: string;
  domain: string;
  password: string;
}) {
  return { methods: ["password"], password: { user: { name, domain: { name: domain }, password } } };
}

export function appCredIdentity(id: string, secret: string) {
  return { methods: ["application_credential"], application_credential: { id, secret } };
}

export function subjectToken(answer: Answer): string {
  const token = answer.headers["x-subject-token"];
  if (answer.status !== 201 || token === undefined) {
    throw new Error(`No token: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return token;
}

/** Walks into a JSON answer and returns the string there; throws when there is none. */
export function textAt(answer: Answer, ...path: (string | number)[]): string {
  const value = valueAt(answer.body, path);
  if (typeof value !== "string") {
    throw new Error(`No text at ${path.join(".")} in ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return value;
}

/** The values of one field in a listed collection: listField(answer, "users", "name"). */
export function listField(answer: Answer, collection: string, field: string): unknown[] {
  const items = valueAt(answer.body, [collection]);
  if (!Array.isArray(items))
    throw new Error(`No ${collection} in ${answer.status} ${JSON.stringify(answer.body)}`);
  return items.map((item) => valueAt(item, [field]));
}

function valueAt(value: unknown, path: (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === "number") current = current[step];
    else if (isJsonObject(current) && typeof step === "string") current = current[step];
    else return undefined;
  }
  return current;
}

function readJson(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    // Some services answer an error as HTML: the test then sees the text.
    return text;
  }
}
