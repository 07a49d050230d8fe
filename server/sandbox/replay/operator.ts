import { findObject, isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { Answer, CloudClient } from "./client.ts";

export type LoginScope =
  { project: { name: string; domain: { name: string } } } | { domain: { name: string } };

/** A signed-in user of the embedded cloud; a refused call is an error, so a precondition cannot half succeed. */
export class Operator {
  private readonly client: CloudClient;
  readonly tokenId: string;
  readonly userId: string;

  constructor(client: CloudClient, session: { tokenId: string; userId: string }) {
    this.client = client;
    this.tokenId = session.tokenId;
    this.userId = session.userId;
  }

  async call(method: string, address: string, body?: unknown): Promise<JsonObject> {
    const answer = await this.ask(method, address, body);
    if (answer.status >= 400) {
      throw new Error(`${method} ${address} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return isJsonObject(answer.body) ? answer.body : {};
  }

  /** `address` is "service/path"; any answer is returned as it came. */
  ask(method: string, address: string, body?: unknown): Promise<Answer> {
    const slash = address.indexOf("/");
    return this.client.send({
      service: address.slice(0, slash),
      method,
      path: address.slice(slash),
      headers: { "x-auth-token": this.tokenId },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The id of the only element of a list answer. */
  async findId(address: string): Promise<string> {
    const [list] = Object.values(await this.call("GET", address)).filter((value) => Array.isArray(value));
    const [first]: unknown[] = list ?? [];
    const id = isJsonObject(first) ? first["id"] : null;
    if (typeof id !== "string") throw new Error(`${address} names nothing.`);
    return id;
  }
}

export interface Login {
  user: string;
  userDomain: string;
  password: string;
  scope: LoginScope;
}

export async function signIn(client: CloudClient, login: Login): Promise<Operator> {
  const user = { name: login.user, domain: { name: login.userDomain }, password: login.password };
  const answer = await client.send({
    service: "identity",
    method: "POST",
    path: "/v3/auth/tokens",
    body: { auth: { identity: { methods: ["password"], password: { user } }, scope: login.scope } },
  });
  return signedIn(client, answer);
}

export async function signInWithAppCred(
  client: CloudClient,
  appCred: { id: string; secret: string },
): Promise<Operator> {
  const identity = { methods: ["application_credential"], application_credential: appCred };
  const answer = await client.send({
    service: "identity",
    method: "POST",
    path: "/v3/auth/tokens",
    body: { auth: { identity } },
  });
  return signedIn(client, answer);
}

function signedIn(client: CloudClient, answer: Answer): Operator {
  const tokenId = answer.headers["x-subject-token"];
  const token = findObject(answer.body, "token");
  const userId = token === null ? null : (findObject(token, "user")?.["id"] ?? null);
  if (tokenId === undefined || typeof userId !== "string") {
    throw new Error(`Sign-in answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return new Operator(client, { tokenId, userId });
}
