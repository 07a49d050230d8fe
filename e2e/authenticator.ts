import type { CDPSession, Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { proveAgain } from "./people.ts";

/** Chromium's own authenticator, plugged into one page. */
export class VirtualAuthenticator {
  private readonly session: CDPSession;
  private readonly id: string;

  private constructor(session: CDPSession, id: string) {
    this.session = session;
    this.id = id;
  }

  static async plugInto(page: Page): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  /** Whether its person passes its own check, such as a fingerprint. */
  async setVerified(isUserVerified: boolean): Promise<void> {
    await this.session.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }

  /** Takes it away, with everything on it. */
  async unplug(): Promise<void> {
    await this.session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.id });
  }

  /** The one credential on it, private key included. */
  async credential() {
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId: this.id });
    const [only] = credentials;
    if (only === undefined) throw new Error("The authenticator holds no credential.");
    return only;
  }

  /** Puts a credential in the place of what is on it. */
  async hold(credential: Awaited<ReturnType<VirtualAuthenticator["credential"]>>): Promise<void> {
    await this.session.send("WebAuthn.clearCredentials", { authenticatorId: this.id });
    await this.session.send("WebAuthn.addCredential", { authenticatorId: this.id, credential });
  }
}

/** Enrols a passkey as a person does on the page of the account. */
export async function enrolPasskey(page: Page, name: string): Promise<void> {
  await page.goto(new URL("/settings/account", page.url()).href);
  await page.getByRole("button", { name: "Enrol a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Enrol a passkey" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Enrol", exact: true }).click();
  const row = page.getByRole("table", { name: "Passkeys" }).getByRole("row", { name });
  const again = page.getByRole("dialog", { name: "Is it still you?" });
  await expect(row.or(again)).toBeVisible();
  await proveAgain(page);
  await expect(row).toBeVisible();
}
