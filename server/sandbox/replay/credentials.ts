import { randomBytes } from "node:crypto";
import { isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { Exchange } from "./recording.ts";

const WRONG_SECRET = "not-the-secret";

/** Passwords and secrets stand as "<redacted>" in the recording; these are what the replay sends instead. */
export class Credentials {
  private readonly passwords = new Map<string, string>();
  private readonly formerPasswords = new Map<string, string>();
  private readonly appCredSecrets = new Map<string, string>();

  constructor(adminPassword: string) {
    this.passwords.set("admin", adminPassword);
  }

  setPassword(userName: string, password: string): void {
    const former = this.passwords.get(userName);
    if (former !== undefined) this.formerPasswords.set(userName, former);
    this.passwords.set(userName, password);
  }

  passwordOf(userName: string): string {
    return this.passwords.get(userName) ?? WRONG_SECRET;
  }

  secretOf(appCredId: string): string {
    return this.appCredSecrets.get(appCredId) ?? WRONG_SECRET;
  }

  /** Remembers the secret of an application credential from the answer that shows it, once. */
  keepSecret(response: unknown): void {
    const appCred = isJsonObject(response) ? response["application_credential"] : null;
    if (!isJsonObject(appCred)) return;
    const { id, secret } = appCred;
    if (typeof id === "string" && typeof secret === "string") this.appCredSecrets.set(id, secret);
  }

  /** Remembers the password a successful request gave a user. */
  keepPassword(sent: unknown, response: unknown): void {
    const given = isJsonObject(sent) ? sent["user"] : null;
    const user = isJsonObject(response) ? response["user"] : null;
    if (!isJsonObject(given) || !isJsonObject(user)) return;
    const { name } = user;
    const { password } = given;
    if (typeof name === "string" && typeof password === "string") this.setPassword(name, password);
  }

  /** The body to send; `capture` says when the recording used an old or a wrong secret on purpose. */
  fillIn(exchange: Exchange, body: unknown, capture: string): unknown {
    if (!isJsonObject(body)) return body;
    if (exchange.path === "/v3/auth/tokens") return this.fillInAuthentication(exchange, body, capture);
    const user = body["user"];
    if (!isJsonObject(user)) return body;
    const filled: JsonObject = { ...user };
    if ("original_password" in user) filled["original_password"] = WRONG_SECRET;
    if ("password" in user) filled["password"] = `replayed-${randomBytes(9).toString("hex")}`;
    return { ...body, user: filled };
  }

  private fillInAuthentication(exchange: Exchange, body: JsonObject, capture: string): JsonObject {
    const filled = structuredClone(body);
    const auth = filled["auth"];
    const identity = isJsonObject(auth) ? auth["identity"] : null;
    if (!isJsonObject(identity)) return filled;
    const { password, application_credential: appCred } = identity;
    const user = isJsonObject(password) ? password["user"] : null;
    const isRefused = exchange.status === 401;
    if (isJsonObject(user) && typeof user["name"] === "string") {
      user["password"] = this.passwordFor(user["name"], isRefused ? capture : null);
    }
    if (isJsonObject(appCred) && typeof appCred["id"] === "string") {
      const isWrong = capture === "43-app-bad-secret-401";
      appCred["secret"] = isWrong ? WRONG_SECRET : this.secretOf(appCred["id"]);
    }
    return filled;
  }

  private passwordFor(userName: string, refusedCapture: string | null): string {
    if (refusedCapture === "37-manager-bad-password-401") return WRONG_SECRET;
    if (refusedCapture === "39-old-password-401") return this.formerPasswords.get(userName) ?? WRONG_SECRET;
    return this.passwordOf(userName);
  }
}
