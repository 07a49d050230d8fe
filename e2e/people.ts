import { randomUUID } from "node:crypto";
import { type BrowserContextOptions, expect, type Page } from "@playwright/test";
import { type Api, signIn } from "#server/demo/api-client.ts";
import type { Role as PersonRole } from "#server/domain/person/states.ts";
import type { Canary } from "./canary.ts";
import { type ListedPerson, readPeople } from "#server/supervisor/people-file.ts";

/** The demonstration people by what they do in the stories. */
const NAMES = {
  operator: "Olivia Operator",
  /** Operator and reviewer at once: the one who could be tempted. */
  both: "Oscar Operator",
  reviewer: "Rita Reviewer",
  manager: "Mara Manager",
  admin: "Ada Admin",
  auditor: "Aurel Auditor",
} as const;
export type Role = keyof typeof NAMES;

type StorageState = Exclude<BrowserContextOptions["storageState"], string | undefined>;

/** Approving takes a proof of the person of the last five minutes. */
const STATE_MAX_AGE_MS = 2 * 60 * 1000;

/** Whose browser a page is, for the stories that are asked for the password again. */
const passwords = new WeakMap<Page, string>();

export function rememberPassword(page: Page, password: string): void {
  passwords.set(page, password);
}

/** Enters the password again when the page asks whether it is still the same person; else does nothing. */
export async function proveAgain(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Is it still you?" });
  if (!(await dialog.isVisible())) return;
  await dialog.getByLabel("Password", { exact: true }).fill(passwords.get(page) ?? "");
  await dialog.getByRole("button", { name: "Go on" }).click();
}

/** Who can sign in to one console, and their sign-ins, each made once and used by many stories. */
export class Cast {
  readonly origin: string;
  readonly dataDir: string;
  private readonly canary: Canary | null;
  private readonly states = new Map<string, { state: StorageState; at: number }>();
  private readonly apis = new Map<string, Api>();

  constructor(of: { origin: string; dataDir: string; canary?: Canary }) {
    this.origin = of.origin;
    this.dataDir = of.dataDir;
    this.canary = of.canary ?? null;
  }

  person(role: Role): ListedPerson {
    const found = readPeople(this.dataDir).find(({ name }) => name === NAMES[role]);
    if (found === undefined) throw new Error(`${NAMES[role]} is not among the demonstration people.`);
    return found;
  }

  /** A signed-in client of the public API, with a session of its own. */
  async api(role: Role): Promise<Api> {
    const known = this.apis.get(role);
    if (known !== undefined) return known;
    const { api, cookie } = await signIn(this.origin, this.person(role));
    await this.canary?.keepCookieHeader(cookie);
    this.apis.set(role, api);
    return api;
  }

  /** Adds a person of the story's own, whom it may disable or strip of roles without harm to other stories. */
  async add(name: string, roles: readonly PersonRole[]): Promise<ListedPerson & { id: string }> {
    const admin = await this.api("admin");
    const email = `${name.toLowerCase().replaceAll(" ", ".")}.${randomUUID().slice(0, 8)}@example.org`;
    const { personId, password } = await admin.people.add.mutate({ name, email, roles: [...roles] });
    this.canary?.remember(`the generated password of ${name}`, password);
    return { id: personId, name, email, roles, password };
  }

  /** What a browser keeps after this person has signed in; the page of that is in stories of its own. */
  async state(role: Role): Promise<StorageState> {
    const known = this.states.get(role);
    // An older sign-in would be asked for its password in the middle of a story, and replaced under others' feet.
    if (known !== undefined && Date.now() - known.at < STATE_MAX_AGE_MS) return known.state;
    const { cookie } = await signIn(this.origin, this.person(role));
    await this.canary?.keepCookieHeader(cookie);
    const state = { cookies: cookie.split("; ").map(cookieOfLoopback), origins: [] };
    this.states.set(role, { state, at: Date.now() });
    return state;
  }
}

function cookieOfLoopback(pair: string) {
  const [name = "", ...value] = pair.split("=");
  return {
    name,
    value: value.join("="),
    domain: "localhost",
    path: "/",
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: "Lax" as const,
  };
}

/** Signs in as a person does and waits for the console behind it. */
export async function signInOnPage(
  page: Page,
  person: { email: string; password: string },
  path = "/sign-in",
): Promise<void> {
  await page.goto(path);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Sections" })).toBeAttached();
}
