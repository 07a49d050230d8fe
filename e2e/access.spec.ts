import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Page } from "@playwright/test";
import * as z from "zod";
import { ed25519Signer } from "#server/testing/ssh-signer.ts";
import { expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";
import { proveAgain } from "./people.ts";

test.describe.configure({ mode: "serial" });

test("a certificate is signed on its page, carried away as a file, and revoked; one for a person is not an operator's", async ({
  operator,
}) => {
  await operator.goto("/access/certificates");
  const form = operator.getByRole("region", { name: "Sign a certificate" });
  await form.getByLabel("Actor").selectOption("adm-example");
  await expect(form.getByRole("button", { name: "Sign" })).toHaveAttribute("aria-disabled", "true");
  await form.getByLabel("Actor").selectOption("agt-state-hub-bridge");
  await form.getByLabel("Hours").fill("2");
  await form.getByLabel("Public key").fill(ed25519Signer().line);
  await form.getByRole("button", { name: "Sign" }).click();
  await expect(form.getByRole("list", { name: "Steps" })).toContainText(
    "Signed, and the certificate before it",
  );
  const waiting = operator.waitForEvent("download");
  await form.getByRole("button", { name: "Download" }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe("agt-state-hub-bridge-cert.pub");
  expect(await readFile(await file.path(), "utf8")).toMatch(/^ssh-ed25519-cert-v01@openssh\.com \S+\n$/);
  const live = operator.getByRole("group", { name: "Live certificates" });
  await expect(live).toContainText("agt-state-hub-bridge");
  await expectScreen(operator, "live certificates");
  await operator.setViewportSize({ width: 390, height: 844 });
  const sideways = await live.evaluate((box) => box.scrollWidth - box.clientWidth);
  expect(sideways, "sideways scrolling of the live certificates at 390 px").toBeLessThanOrEqual(0);
  await live.getByRole("button", { name: /^Revoke serial/ }).click();
  await operator.getByRole("dialog").getByLabel("Reason").fill("The story is over");
  await operator.getByRole("button", { name: "Revoke it" }).click();
  await expect(operator.getByText("No certificate is live.")).toBeVisible();
});

const askedSchema = z.looseObject({
  subject: z.looseObject({}),
  resource: z.looseObject({}),
  context: z.looseObject({ ttl_hours: z.number() }),
});

/** A decision service elsewhere that denies everything until it is told to be right. */
async function openService(): Promise<{ origin: string; isRight: { now: boolean }; server: Server }> {
  const isRight = { now: false };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    response.writeHead(200, { "content-type": "application/json" });
    if (request.method === "GET") return response.end('{"status":"ok"}');
    const { subject, resource, context } = askedSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const effect = isRight.now && context.ttl_hours < 100 ? "allow" : "deny";
    const provenance = { evaluator: "elsewhere", mode: "story" };
    const id = `elsewhere:${effect}-${context.ttl_hours}`;
    return response.end(JSON.stringify({ id, effect, reason: "as_told", subject, resource, provenance }));
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { origin: `http://127.0.0.1:${port}`, isRight, server };
}

async function agree(page: Page, asker: Page): Promise<void> {
  await page.goto(asker.url());
  await page.getByRole("textbox", { name: "Reason" }).fill("Looked at");
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(
    page
      .getByText("Passed and applied")
      .first()
      .or(page.getByRole("dialog", { name: "Is it still you?" })),
  ).toBeVisible();
  await proveAgain(page);
  await expect(page.getByText("Passed and applied").first()).toBeVisible();
}

test("another decision service is refused while its smokes fail, and put in place by two people once they pass", async ({
  operator,
  reviewer,
  sql,
}) => {
  const elsewhere = await openService();
  try {
    await operator.goto("/access/service");
    await operator.getByRole("button", { name: "Let another service decide" }).click();
    const dialog = operator.getByRole("dialog", { name: "Let another service decide" });
    await dialog.getByLabel("Address").fill(elsewhere.origin);
    await dialog.getByLabel("Reason").fill("It is the one of the platform");
    await dialog.getByRole("button", { name: "Ask for it" }).click();
    await expect(dialog.getByText(/did not allow one hour/).first()).toBeVisible();
    elsewhere.isRight.now = true;
    await dialog.getByRole("button", { name: "Ask for it" }).click();
    await operator.waitForURL(/\/settings\/proposals\//);
    await agree(reviewer, operator);
    await operator.goto("/access/service");
    await expect(operator.getByText(elsewhere.origin).first()).toBeVisible();
    await expectScreen(operator, "another decision service");
  } finally {
    elsewhere.server.closeAllConnections();
    elsewhere.server.close();
    await sql`delete from access_provider`;
  }
});

test("an engine without a token is tried out and fails, and cannot be put in place", async ({ operator }) => {
  await operator.goto("/access/backend");
  const form = operator.getByRole("region", { name: "Try an engine out" });
  await form.getByLabel("Address").fill("http://bao.example.org");
  await form.getByLabel("Its public key").fill(ed25519Signer().line);
  await form.getByRole("button", { name: "Try it out" }).click();
  await expect(form.getByText(/Give an https:\/\/ address/)).toBeVisible();
  await form.getByLabel("Address").fill("https://bao.example.org:8200");
  await form.getByRole("button", { name: "Try it out" }).click();
  const trials = operator.getByRole("list", { name: "Trials" });
  await expect(trials).toContainText("The runner has no COUNTERSIGN_SSH_ENGINE_TOKEN.");
  await expect(trials.getByRole("button", { name: "Let it sign" })).toHaveCount(0);
  await expectScreen(operator, "an engine that failed");
});
