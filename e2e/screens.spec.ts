import type { Page } from "@playwright/test";
import { expectAccessibleInBothThemes, expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";
import { readPdf } from "./pdf-text.ts";
import { proveAgain, type Role } from "./people.ts";
import { FOREIGN, seedDraft } from "./runbooks.ts";
import { hostWithGuests, wantGuests } from "./guests.ts";
import { seedItems } from "./items.ts";
import { requestThrough } from "./requests.ts";

interface Screen {
  path: string;
  title: RegExp;
  who: Role;
  /** Brings the page to the state that is looked at. */
  open?: (page: Page) => Promise<void>;
}

// Each screen stands for itself, so the workers share them.
test.describe.configure({ mode: "parallel" });

/** One tenant with a request that waits, one whose first stages have run. */
const state = {
  waitingId: "",
  jobId: "",
  ranId: "",
  ranJobId: "",
  documentId: "",
  itemId: "",
  draftId: "",
  hostId: "",
};

test.beforeAll(async ({ cast, tenants, sql }) => {
  test.setTimeout(120_000);
  state.documentId = await seedItems(sql, 120, "screen");
  const [blocked] = await sql<{ id: string }[]>`
    select item.id from item join item_link on item_link.item_id = item.id
    where item.document_id = ${state.documentId} order by item.position limit 1`;
  state.itemId = blocked?.id ?? "";
  const operator = await cast.api("operator");
  state.draftId = await seedDraft(operator);
  state.hostId = await hostWithGuests(operator);
  await wantGuests(operator, state.hostId, {
    guests: [{ vmid: 103, cores: 2, memory_mib: 3000, tags: ["ci"] }, { vmid: 999 }],
    intents: [{ op: "guest_destroy", vmid: 104, scratch: true }],
  });
  const waiting = await tenants.before("1", "screen");
  state.waitingId = waiting.id;
  const request = await requestThrough(operator, { tenantId: waiting.id, stageKey: "1" });
  state.jobId = request.jobId;
  const ran = await tenants.before("2", "screen");
  state.ranId = ran.id;
  const { jobs } = await (
    await cast.api("auditor")
  ).jobs.list.query({
    filter: "finished",
    tenantId: ran.id,
    before: null,
  });
  state.ranJobId = jobs[0]?.id ?? "";
});

/** The form of one more line of a register, with nothing said yet. */
const formOf = (kinds: string, title: string): Screen => ({
  path: `/registers/items?${kinds}`,
  title: /^Items/,
  who: "operator",
  open: async (page) => {
    await page.getByRole("button", { name: "New item" }).click();
    await expect(page.getByRole("dialog", { name: title })).toBeVisible();
  },
});

const SCREENS: Record<string, () => Screen> = {
  inbox: () => ({ path: "/inbox", title: /^Inbox/, who: "reviewer" }),
  tenants: () => ({ path: "/tenants", title: /^Tenants/, who: "operator" }),
  "new tenant": () => ({
    path: "/tenants?new=true",
    title: /^Tenants/,
    who: "operator",
    open: (page) => expect(page.getByRole("dialog", { name: "New tenant" })).toBeVisible(),
  }),
  "open stage": () => ({ path: `/tenants/${state.ranId}/stages/2`, title: /screen-/, who: "operator" }),
  "stage that has run": () => ({
    path: `/tenants/${state.ranId}/stages/1`,
    title: /screen-/,
    who: "manager",
  }),
  "hosts with guests": () => ({ path: "/guests", title: /^Guests/, who: "operator" }),
  "guests of a host": () => ({ path: `/guests/${state.hostId}`, title: /^Guests of pve/, who: "operator" }),
  "finding about a stage": () => ({
    path: `/tenants/${state.ranId}/stages/1`,
    title: /screen-/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("button", { name: "Enter a finding" }).click();
      await expect(page.getByRole("dialog", { name: "A finding about stage 1" })).toBeVisible();
    },
  }),
  "locked stage": () => ({ path: `/tenants/${state.ranId}/stages/6-7`, title: /screen-/, who: "operator" }),
  "stage with preview": () => ({
    path: `/tenants/${state.ranId}/stages/2`,
    title: /screen-/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("button", { name: "Preview", exact: true }).click();
      await expect(page.getByText("Digest of this plan")).toBeVisible({ timeout: 30_000 });
    },
  }),
  approval: () => ({
    path: `/approvals/${state.jobId}`,
    title: /^Decide job \d+/,
    who: "reviewer",
    open: (page) =>
      expect(page.getByText("The cloud is as it was when this was asked for")).toBeVisible({
        timeout: 30_000,
      }),
  }),
  "own request": () => ({ path: `/approvals/${state.jobId}`, title: /^Decide job \d+/, who: "operator" }),
  jobs: () => ({ path: "/jobs", title: /^Jobs/, who: "auditor" }),
  "waiting job": () => ({ path: `/jobs/${state.jobId}`, title: /^Job \d+/, who: "operator" }),
  "finished job": () => ({
    path: `/jobs/${state.ranJobId}`,
    title: /^Job \d+/,
    who: "operator",
    open: (page) => expect(page.getByRole("group", { name: /^Output of job/ })).toContainText("gate-1"),
  }),
  "evidence of a job": () => ({
    path: `/jobs/${state.ranJobId}?tab=evidence`,
    title: /^Job \d+/,
    who: "auditor",
  }),
  "journal of a job": () => ({
    path: `/jobs/${state.ranJobId}?tab=journal`,
    title: /^Job \d+/,
    who: "auditor",
  }),
  "plan of a job": () => ({ path: `/jobs/${state.ranJobId}?tab=plan`, title: /^Job \d+/, who: "auditor" }),
  "identities of a job": () => ({
    path: `/jobs/${state.ranJobId}?tab=identities`,
    title: /^Job \d+/,
    who: "auditor",
  }),
  policy: () => ({ path: "/policy", title: /^Policy/, who: "operator" }),
  "acceptance cases of a policy": () => ({ path: "/policy?show=cases", title: /^Policy/, who: "auditor" }),
  "roles and accounts": () => ({ path: "/policy?show=roles", title: /^Policy/, who: "manager" }),
  runbooks: () => ({ path: "/runbooks", title: /^Runbooks/, who: "manager" }),
  runbook: () => ({ path: "/runbooks/tenant-onboarding", title: /^Onboard a tenant/, who: "manager" }),
  "versions of a runbook": () => ({
    path: "/runbooks/tenant-onboarding/versions",
    title: /^Versions of Onboard a tenant/,
    who: "auditor",
  }),
  "run log of a runbook": () => ({
    path: "/runbooks/tenant-onboarding/runs",
    title: /^Run log of Onboard a tenant/,
    who: "manager",
  }),
  "recall of a runbook": () => ({
    path: "/runbooks/tenant-onboarding/recall",
    title: /^Recall of Onboard a tenant/,
    who: "operator",
  }),
  "draft of a runbook": () => ({
    path: `/runbooks/drafts/${state.draftId}`,
    title: /^Draft of tenant-onboarding/,
    who: "operator",
    open: (page) => expect(page.getByText("2 parts differ")).toBeVisible(),
  }),
  "draft of a runbook, previewed": () => ({
    path: `/runbooks/drafts/${state.draftId}`,
    title: /^Draft of tenant-onboarding/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("button", { name: "Preview the text" }).click();
      await expect(page.getByRole("region", { name: /^Stage 0 for / })).toBeVisible({ timeout: 30_000 });
    },
  }),
  "import of a runbook": () => ({
    path: "/runbooks/import",
    title: /^Import a runbook/,
    who: "operator",
    open: async (page) => {
      await page.getByLabel("Text", { exact: true }).fill(FOREIGN);
      await expect(page.getByText("2 stages, 2 blocks")).toBeVisible();
    },
  }),
  documents: () => ({ path: "/registers/documents", title: /^Documents/, who: "auditor" }),
  "import a document": () => ({
    path: "/registers/documents/import",
    title: /^Import a document/,
    who: "operator",
    open: async (page) => {
      const text = "# Handoff\n\n## 1. Immediate\n\nH-901 -- a screen\n  FIX: look at it.\n\nlost words\n";
      await page.getByLabel(/^Or paste its text/).fill(text);
      await page.getByLabel("Path", { exact: true }).fill("docs/screen.md");
      await page.getByRole("button", { name: "Show what is in it" }).click();
      await expect(page.getByRole("heading", { name: "Records" })).toBeVisible({ timeout: 30_000 });
    },
  }),
  "import, closed": () => ({
    path: "/registers/documents/import",
    title: /^Import a document/,
    who: "auditor",
  }),
  numbers: () => ({ path: "/registers/numbers", title: /^Numbers/, who: "manager" }),
  "numbers of a series": () => ({ path: "/registers/numbers/D", title: /^Numbers of D/, who: "manager" }),
  "take a number": () => ({
    path: "/registers/numbers",
    title: /^Numbers/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("button", { name: "Take a number" }).first().click();
      await expect(page.getByRole("dialog", { name: "Take a number" })).toBeVisible();
    },
  }),
  sessions: () => ({ path: "/registers/sessions", title: /^Sessions/, who: "operator" }),
  lint: () => ({ path: "/registers/lint", title: /^Lint/, who: "manager" }),
  "audit log": () => ({ path: "/audit?action=job", title: /^Audit log/, who: "auditor" }),
  "audit log, closed": () => ({ path: "/audit", title: /^Audit log/, who: "manager" }),
  "audit heads": () => ({ path: "/audit/heads", title: /^Signed heads/, who: "auditor" }),
  "audit entry": () => ({
    path: "/audit/1",
    title: /^Entry 1/,
    who: "auditor",
    open: (page) =>
      expect(page.getByText("This entry is in the signed log")).toBeVisible({ timeout: 30_000 }),
  }),
  "approval rules": () => ({ path: "/settings/rules", title: /^Approval rules/, who: "manager" }),
  "approval rules, edited": () => ({
    path: "/settings/rules",
    title: /^Approval rules/,
    who: "manager",
    open: async (page) => {
      await page.getByRole("button", { name: "Propose a change" }).click();
      await page.getByRole("group", { name: "Changes" }).getByLabel("Approvals").selectOption("2");
      await expect(page.getByRole("heading", { name: "Before and after" })).toBeVisible();
    },
  }),
  people: () => ({ path: "/settings/people", title: /^People/, who: "admin" }),
  checks: () => ({ path: "/registers/checks", title: /^Checks/, who: "manager" }),
  actors: () => ({ path: "/access/actors", title: /^Actors/, who: "operator" }),
  actor: () => ({ path: "/access/actors/agt-state-hub-bridge", title: /^Actor agt-/, who: "manager" }),
  "add an actor": () => ({
    path: "/access/actors",
    title: /^Actors/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("button", { name: "Add an actor" }).click();
      await expect(page.getByRole("dialog", { name: "Add an actor" })).toBeVisible();
    },
  }),
  "decisions about access": () => ({ path: "/access/decisions", title: /^Decisions/, who: "auditor" }),
  "access policy": () => ({ path: "/access/policies", title: /^Policy/, who: "manager" }),
  "decision service": () => ({ path: "/access/service", title: /^Decision service/, who: "reviewer" }),
  certificates: () => ({ path: "/access/certificates", title: /^Certificates/, who: "operator" }),
  "certificate backend": () => ({
    path: "/access/backend",
    title: /^Certificate backend/,
    who: "operator",
  }),
  hosts: () => ({ path: "/settings/hosts", title: /^Hosts/, who: "operator" }),
  signers: () => ({ path: "/settings/signers", title: /^Signers/, who: "auditor" }),
  "enrol a key": () => ({
    path: "/settings/signers",
    title: /^Signers/,
    who: "admin",
    open: async (page) => {
      await page.getByRole("button", { name: "Enrol a key" }).click();
      await expect(page.getByRole("dialog", { name: "Enrol a key" })).toBeVisible();
    },
  }),
  "your account": () => ({ path: "/settings/account", title: /^Your account/, who: "manager" }),
  "enrol a passkey": () => ({
    path: "/settings/account",
    title: /^Your account/,
    who: "auditor",
    open: async (page) => {
      await page.getByRole("button", { name: "Enrol a passkey" }).click();
      await expect(page.getByRole("dialog", { name: "Enrol a passkey" })).toBeVisible();
    },
  }),
  registers: () => ({ path: "/registers", title: /^Registers/, who: "manager" }),
  items: () => ({ path: `/registers/items?document=${state.documentId}`, title: /^Items/, who: "operator" }),
  "items that cannot be changed, by kind": () => ({
    path: `/registers/items?document=${state.documentId}&show=all&group=kind`,
    title: /^Items/,
    who: "auditor",
  }),
  "item beside its list": () => ({
    path: `/registers/items?document=${state.documentId}&item=${state.itemId}`,
    title: /^Items/,
    who: "operator",
    open: (page) => expect(page.getByRole("complementary", { name: /^Item / })).toContainText("FIX"),
  }),
  item: () => ({ path: `/registers/items/${state.itemId}`, title: /^H-/, who: "operator" }),
  "item, edited": () => ({
    path: `/registers/items/${state.itemId}`,
    title: /^H-/,
    who: "operator",
    open: (page) => page.getByRole("button", { name: "Edit" }).click(),
  }),
  "links of an item": () => ({
    path: `/registers/items/${state.itemId}`,
    title: /^H-/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("tab", { name: "Links" }).click();
      await expect(page.getByRole("group", { name: "What waits for what" })).toBeVisible();
    },
  }),
  "history of an item": () => ({
    path: `/registers/items/${state.itemId}`,
    title: /^H-/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("tab", { name: "History" }).click();
      await expect(page.getByText("imported it")).toBeVisible();
    },
  }),
  "new item": () => formOf("kind=V", "New item"),
  "new decision": () => formOf("show=all&kind=decision", "New decision"),
  "new ledger row": () => formOf("kind=ledger_row", "New row of the security ledger"),
  "new changelog entry": () => formOf("show=all&kind=change,running_entry", "New changelog entry"),
  "no items": () => ({ path: "/registers/items?q=nothing-is-called-so", title: /^Items/, who: "operator" }),
  "what a tenant owns": () => ({
    path: `/tenants/${state.ranId}/stages/R0`,
    title: /screen-/,
    who: "operator",
    open: async (page) => {
      await page.getByRole("button", { name: "Preview", exact: true }).click();
      await expect(page.getByRole("list", { name: /the order$/ })).toBeVisible({ timeout: 30_000 });
    },
  }),
  removal: () => ({ path: `/tenants/${state.ranId}/stages/R1`, title: /screen-/, who: "operator" }),
  "people, closed": () => ({ path: "/settings/people", title: /^People/, who: "manager" }),
};

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`${name}: titled, accessible in both themes and widths, quiet`, async ({ seats, complaints }) => {
    const { path, title, who, open } = screen();
    const page = await seats(who);
    complaints.listen(page);
    await page.goto(path);
    await expect(page).toHaveTitle(title);
    // A dialog hides the rest of the page from assistive technology; the heading is still the page's own.
    await expect(page.getByRole("heading", { level: 1, includeHidden: true })).toHaveCount(1);
    await open?.(page);
    await expectScreen(page, name);
    expect(complaints.all()).toEqual([]);
  });
}

test("lost passkeys: accessible in both themes and widths, quiet", async ({ cast, sit, sql, complaints }) => {
  const person = await cast.add("Lena Lost", ["auditor"]);
  await sql`
    insert into passkey (id, person_id, credential_id, public_key, counter, transports, name, created_at)
    values (gen_random_uuid(), ${person.id}, ${person.id}, '\\x00', 0, '[]', 'Laptop', now())`;
  const page = await sit("admin");
  await page.goto("/settings/people");
  await page
    .getByRole("row", { name: new RegExp(person.email) })
    .getByRole("button")
    .click();
  await page.getByRole("button", { name: "Passkeys are lost" }).click();
  await expect(page.getByRole("region", { name: "Passkeys" })).toContainText("1 passkey.");
  await expectScreen(page, "lost passkeys");
  await page.getByRole("textbox", { name: "Reason" }).fill("The laptop was stolen; called her back");
  await page.getByRole("button", { name: "Ask for them to be removed" }).click();
  await page.waitForURL(/\/settings\/proposals\//);
  await expect(page.getByRole("main")).toContainText("Remove the lost passkeys of Lena Lost");
  await expectScreen(page, "proposal about lost passkeys");
  const manager = await sit("manager");
  await manager.goto(new URL(page.url()).pathname);
  await manager.getByRole("textbox", { name: "Reason" }).fill("Heard her voice");
  await manager.getByRole("button", { name: "Approve", exact: true }).click();
  await proveAgain(manager);
  await expect(manager.getByRole("region", { name: "Decision" })).toContainText("approved it");
  const [left] = await sql<{ count: number }[]>`
    select count(*)::int as count from passkey where person_id = ${person.id} and removed_at is null`;
  expect(left?.count).toBe(0);
  expect(complaints.all()).toEqual([]);
});

/** What everybody sees while an emergency waits to be looked at; others' stories shall not see it, so it is ended here. */
test("an emergency: titled, accessible in both themes and widths, quiet", async ({
  cast,
  sit,
  tenants,
  complaints,
}) => {
  const [manager, admin] = [await cast.api("manager"), await cast.api("admin")];
  const { version: base, set } = await manager.rules.get.query({});
  if (set === null) throw new Error("There are no rules.");
  const { people } = await manager.rules.choices.query({});
  const named = people.filter(({ name }) => name === "Olivia Operator").map(({ id }) => id);
  const agree = async (breakGlass: string[], from: number) => {
    const content = { base: from, set: { ...set, breakGlass } };
    const { proposalId } = await manager.rules.propose.mutate({ content, reason: "Nights" });
    const { digest } = await admin.proposals.get.query({ proposalId });
    await admin.proposals.approve.mutate({ proposalId, digest, reason: "Agreed" });
  };
  await agree(named, base);
  const operator = await cast.api("operator");
  const tenant = await tenants.before("1", "emergency");
  const { jobId } = await requestThrough(operator, { tenantId: tenant.id, stageKey: "1" });
  const { digest, nonce } = await operator.jobs.get.query({ jobId });
  await operator.emergencies.breakGlass.mutate({ jobId, digest, nonce, reason: "Nobody answers" });
  const page = await sit("auditor");
  const banner = page.getByText(/Olivia Operator broke the glass for job \d+/);
  try {
    for (const [path, title] of [
      ["/inbox", /^Inbox/],
      [`/jobs/${jobId}`, /^Job \d+/],
      [`/approvals/${jobId}`, /job \d+/],
      ["/jobs", /^Jobs/],
    ] as const) {
      await page.goto(path);
      await expect(page).toHaveTitle(title);
      await expect(banner, path).toBeVisible();
      await expect(page.getByText("Nothing waits for you")).toHaveCount(0);
      await expectScreen(page, `emergency on ${title.source.replaceAll(/[^a-zA-Z]/g, "")}`);
    }
  } finally {
    for (const role of ["auditor", "manager"] as const) {
      await (await cast.api(role)).emergencies.review.mutate({ jobId, note: "It was right" });
    }
    await agree([], base + 1);
  }
  expect(complaints.all()).toEqual([]);
});

test("the overview is printed in black on white, whole and without what leads elsewhere", async ({
  sit,
  complaints,
}) => {
  const page = await sit("manager");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/registers");
  const figures = await page.getByRole("main").getByRole("link").allTextContents();
  const sections = await page.getByRole("heading", { level: 2 }).allTextContents();
  // As wide as A4 between its margins, and laid out as on paper.
  await page.setViewportSize({ width: 688, height: 1010 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const cut = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("main *")]
      .filter((part) => part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1)
      .filter((part) => !part.closest(".sr-only") && getComputedStyle(part).display !== "inline")
      .map((part) => `${part.tagName} ${part.className}: ${part.textContent.slice(0, 60)}`),
  );
  expect(cut, "what is wider than the paper").toEqual([]);
  const inks = await page.evaluate(() =>
    [...document.querySelectorAll("main *")]
      .filter((part) => [...part.childNodes].some(({ nodeType }) => nodeType === Node.TEXT_NODE))
      .map((part) => getComputedStyle(part)[part instanceof SVGElement ? "fill" : "color"]),
  );
  expect(new Set(inks)).toEqual(new Set(["rgb(0, 0, 0)"]));
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgba(0, 0, 0, 0)");
  await page.screenshot({ path: "test-results/screens/overview on paper.png", fullPage: true });
  const { text, pages } = readPdf(
    await page.pdf({ preferCSSPageSize: true, path: "test-results/screens/overview on paper.pdf" }),
  );
  expect(pages).toBeLessThanOrEqual(3);
  const squeezed = (words: string) => words.replaceAll(/\s/g, "");
  for (const words of [...sections, ...figures]) expect(text).toContain(squeezed(words));
  for (const words of ["Skip to content", "Find or do", "Runbooks", "Olivia", "Print"])
    expect(text).not.toContain(squeezed(words));
  expect(complaints.all()).toEqual([]);
});

test("sign-in: titled, accessible in both themes and widths, quiet", async ({ page, complaints }) => {
  await page.goto("/sign-in");
  await expect(page).toHaveTitle(/^Sign in/);
  await expectScreen(page, "sign-in");
  expect(complaints.all()).toEqual([]);
});

test("the palette and the list of keys are accessible in both themes", async ({ operator }) => {
  await operator.goto("/inbox");
  for (const key of ["Control+k", "?"]) {
    await operator.keyboard.press(key);
    await expect(operator.getByRole("dialog")).toBeVisible();
    await expectAccessibleInBothThemes(operator);
    await operator.keyboard.press("Escape");
    await expect(operator.getByRole("dialog")).toHaveCount(0);
  }
});
