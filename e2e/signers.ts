import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import type { SigningKey } from "#server/testing/signing-keys.ts";
import { expect } from "./fixtures.ts";
import { proveAgain } from "./people.ts";

/** Asks on the settings page for a key of this person, and lets a second person agree on its page. */
export async function enrolKey(
  asker: Page,
  second: Page,
  of: { owner: string; key: SigningKey },
): Promise<void> {
  await asker.goto("/settings/signers");
  await asker.getByRole("button", { name: "Enrol a key" }).click();
  const dialog = asker.getByRole("dialog", { name: "Enrol a key" });
  await dialog.getByLabel("Whose key it is").selectOption({ label: of.owner });
  await dialog.getByLabel("Public key").fill(of.key.publicLine);
  await dialog.getByLabel("Reason").fill("He holds the token");
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  await asker.waitForURL(/\/settings\/proposals\//);
  await second.goto(asker.url());
  await expect(second.getByText(/SHA256:/).first()).toBeVisible();
  await second.getByRole("textbox", { name: "Reason" }).fill("Seen the token, compared the fingerprint");
  await second.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(
    second
      .getByText("Passed and applied")
      .first()
      .or(second.getByRole("dialog", { name: "Is it still you?" })),
  ).toBeVisible();
  await proveAgain(second);
  await expect(second.getByText("Passed and applied").first()).toBeVisible();
}

/** Downloads the bytes to sign on the page of the approval, as the signer does. */
export async function downloadOperation(page: Page): Promise<Buffer> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download job-/ }).click();
  return readFile(await (await waiting).path());
}
