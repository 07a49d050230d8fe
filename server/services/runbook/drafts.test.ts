import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { runbookDraft, runbookDraftRevision, runbookVersion } from "#db/schema/runbook.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { readAuthors } from "#server/domain/runbook/authors.ts";
import { approveJob } from "../job/approve.ts";
import { approvalOf, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { answerTo } from "#server/testing/proposals.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { contentOf, readingText } from "#server/testing/runbook-drafts.ts";
import { approveProposal } from "../proposal/decide.ts";
import { readProposal } from "../proposal/read.ts";
import { importDocument, readDocument } from "./document.ts";
import { readDraft } from "./draft-read.ts";
import { createDraft, discardDraft, saveDraft } from "./draft.ts";
import { proposePublish, publishReading } from "./publish.ts";
import { listRunbooks, readRunbookPage } from "./read.ts";
import { compareVersions, listVersions } from "./versions.ts";

const SLUG = "tenant-onboarding";
const REASON = "As agreed";

let world: JobWorld;
let wide: Connection;
let owner: Connection;
let olga: PersonActor;
let max: PersonActor;
let rita: PersonActor;
let rob: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  wide = connect(world.database.appUrl, { max: 8 });
  owner = connect(world.database.ownerUrl, { max: 1 });
});
afterAll(async () => {
  await wide.close();
  await owner.close();
  await world.close();
});
beforeEach(async () => {
  olga = await world.person("Olga", "operator");
  max = await world.person("Max", "manager", "reviewer");
  rita = await world.person("Rita", "reviewer", "manager");
  rob = await world.person("Rob", "reviewer");
  // Versions are told apart by when they were published.
  world.now = new Date(world.now.getTime() + 1000);
});

const as = (actor: PersonActor) => world.ctx(actor, wide.db);
const sourceOf = async (draftId: string) => (await readDraft(as(olga), { draftId })).source;

type Edit = ((source: string) => string) & { isRebased?: true };

async function edit(by: PersonActor, draftId: string, change: Edit) {
  const { isRebased = false } = change;
  const { source, revision } = await readDraft(as(by), { draftId });
  return saveDraft(as(by), { draftId, revision, source: change(source), isRebased });
}

async function publish(draftId: string, asks: PersonActor, decides: PersonActor) {
  const content = await contentOf(world, draftId);
  const { proposalId } = await proposePublish(as(asks), { content, reason: REASON });
  await approveProposal(as(decides), await answerTo(world, proposalId));
  world.now = new Date(world.now.getTime() + 1000);
  const [row] = await world.db.select().from(runbookDraft).where(eq(runbookDraft.id, draftId));
  return row?.versionId ?? "";
}

/** A change of the one block's title, told apart by its words. */
const retitled = (from: string, to: string) => (source: string) =>
  source.replace(`title: ${from}`, `title: ${to}`);
const LOOK = "What the tenant will lean on";

describe("a draft", () => {
  it("begins from the newest version, keeps each revision with its writer, and touches nothing that is published", async () => {
    const { draftId } = await createDraft(as(olga), { slug: SLUG });
    expect(await sourceOf(draftId)).toBe(readFileSync("runbooks/tenant-onboarding.md", "utf8"));
    await edit(max, draftId, retitled(LOOK, "Look"));
    const draft = await readDraft(as(rob), { draftId });
    expect(draft.history.map(({ revision, by }) => [revision, by])).toEqual([
      [2, "Max"],
      [1, "Olga"],
    ]);
    expect(
      draft.changes?.filter(({ change }) => change !== "same").map(({ kind, name }) => [kind, name]),
    ).toEqual([["block", "onboard-00-preflight"]]);
    expect((await readRunbookPage(as(rob), { slug: SLUG })).isNewest).toBe(true);
    await discardDraft(as(olga), { draftId });
    expect(await refusalOf(edit(olga, draftId, (text) => `${text}\n`))).toMatchObject({
      reason: "draft_closed",
    });
  });

  it("is never saved over somebody else's text", async () => {
    const { draftId } = await createDraft(as(olga), { slug: SLUG });
    const source = await sourceOf(draftId);
    const save = (by: PersonActor, words: string) =>
      saveDraft(as(by), { draftId, revision: 1, source: retitled(LOOK, words)(source), isRebased: false });
    const { done, refused } = tally(
      await Promise.allSettled([save(olga, "A"), save(max, "B"), save(olga, "C")]),
    );
    expect({ done, refused: new Set(refused) }).toEqual({ done: 1, refused: new Set(["draft_changed"]) });
    expect(await refusalOf(save(max, "D"))).toMatchObject({ reason: "draft_changed" });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "an auditor begins one",
      async () => createDraft(as(await world.person("Au", "auditor")), { slug: SLUG }),
      "role_missing",
    ],
    ["a reviewer begins one", () => createDraft(as(rob), { slug: SLUG }), "role_missing"],
    ["it takes the address of a page", () => createDraft(as(olga), { slug: "import" }), "slug_reserved"],
    ["it is not there", () => discardDraft(as(olga), { draftId: randomUUID() }), "not_found"],
    [
      "nothing has changed",
      async () => {
        const { draftId } = await createDraft(as(olga), { slug: SLUG });
        return edit(olga, draftId, (text) => text);
      },
      "unchanged",
    ],
  ])("is refused where %s", async (_what, act, reason) => {
    expect(await refusalOf(act())).toMatchObject({ reason });
  });
});

describe("publishing", () => {
  it("of what changes something takes two people, and records who wrote, asked and agreed", async () => {
    const { draftId } = await createDraft(as(olga), { slug: SLUG });
    await edit(olga, draftId, retitled(LOOK, "Look once"));
    const content = await contentOf(world, draftId);
    expect(await refusalOf(publishReading(as(olga), { content, reason: REASON }))).toMatchObject({
      reason: "second_person",
    });
    const { proposalId } = await proposePublish(as(max), { content, reason: REASON });
    expect(await refusalOf(approveProposal(as(max), await answerTo(world, proposalId)))).toMatchObject({
      reason: "self_approval",
    });
    expect(
      await refusalOf(
        approveProposal(as(rob), {
          ...(await answerTo(world, proposalId)),
          digest: `sha256:${"0".repeat(64)}`,
        }),
      ),
    ).toMatchObject({ reason: "stale" });
    const { rendering } = await readProposal(as(rita), { proposalId });
    const gone = rendering.before.filter((line) => !rendering.after.includes(line));
    expect(gone.map((line) => line.replace(/ \(.*/, ""))).toEqual(["Stage 0, block onboard-00-preflight"]);
    await approveProposal(as(rita), await answerTo(world, proposalId));
    const [newest, shipped] = await listVersions(as(rob), { slug: SLUG });
    expect(newest).toMatchObject({ author: "Olga", publisher: "Max", decider: "Rita", number: 2 });
    expect(shipped).toMatchObject({ author: null, publisher: null, number: 1 });
    const { changes } = await compareVersions(as(rob), {
      slug: SLUG,
      from: shipped?.id ?? "",
      to: newest?.id ?? "",
    });
    expect(changes.filter(({ change }) => change !== "same")).toMatchObject([
      { kind: "block", name: "onboard-00-preflight", change: "changed", stageKey: "0" },
    ]);
    expect(await refusalOf(edit(olga, draftId, (text) => `${text}x`))).toMatchObject({
      reason: "draft_closed",
    });
  });

  it("of what only reads takes one", async () => {
    const slug = `reading-${randomUUID().slice(0, 8)}`;
    const { draftId } = await createDraft(as(olga), { slug });
    const content = await contentOf(world, draftId);
    await publishReading(as(olga), { content, reason: REASON });
    expect(await listVersions(as(rob), { slug })).toMatchObject([
      { author: "Olga", publisher: "Olga", decider: null },
    ]);
    expect((await listRunbooks(as(rob), {})).runbooks.map((one) => one.slug)).toContain(slug);
  });

  it("is refused where the text has moved on, has errors, has another name, or is published already", async () => {
    const { draftId } = await createDraft(as(olga), { slug: SLUG });
    const ask = async () =>
      proposePublish(as(olga), { content: await contentOf(world, draftId), reason: REASON });
    expect(await refusalOf(ask())).toMatchObject({ reason: "already_published" });
    await edit(olga, draftId, (text) => text.replace("op: identity.roles.resolve", "op: nothing.known"));
    expect(await refusalOf(ask())).toMatchObject({ reason: "has_errors", code: "invalid" });
    await edit(olga, draftId, (text) =>
      text.replace("op: nothing.known", "op: identity.roles.resolve").replace(`slug: ${SLUG}`, "slug: other"),
    );
    expect(await refusalOf(ask())).toMatchObject({ reason: "other_slug" });
    await edit(olga, draftId, (text) =>
      retitled("Look once", "Look twice")(text.replace("slug: other", `slug: ${SLUG}`)),
    );
    const { proposalId } = await ask();
    await edit(olga, draftId, (text) => text.replace("# Onboard a tenant", "# Onboard a client"));
    expect(await refusalOf(approveProposal(as(rita), await answerTo(world, proposalId)))).toMatchObject({
      reason: "drift",
    });
  });

  it("of two drafts of one base lets one through; the other is merged first", async () => {
    const [one, other] = [
      await createDraft(as(olga), { slug: SLUG }),
      await createDraft(as(max), { slug: SLUG }),
    ];
    await edit(olga, one.draftId, (text) => text.replace("title: The five roles", "title: Five roles"));
    await edit(max, other.draftId, (text) => text.replace("title: The cluster image", "title: An image"));
    const asked = await Promise.all(
      [one, other].map(async ({ draftId }) =>
        proposePublish(as(olga), { content: await contentOf(world, draftId), reason: REASON }),
      ),
    );
    const answers = await Promise.all(asked.map(({ proposalId }) => answerTo(world, proposalId)));
    const { done, refused } = tally(
      await Promise.allSettled(answers.map((answer) => approveProposal(as(rita), answer))),
    );
    expect(done).toBe(1);
    expect(refused).toMatchObject([expect.stringMatching(/^(?:drift|base_moved)$/)]);
    world.now = new Date(world.now.getTime() + 1000);
    const [row] = await world.db.select().from(runbookDraft).where(eq(runbookDraft.id, one.draftId));
    const left = row?.state === "published" ? other : one;
    expect(await readDraft(as(olga), { draftId: left.draftId })).toMatchObject({ isBehind: true });
    const merge = (text: string) =>
      text
        .replace("title: The five roles", "title: Five roles")
        .replace("title: The cluster image", "title: An image");
    await edit(olga, left.draftId, Object.assign(merge, { isRebased: true as const }));
    await publish(left.draftId, olga, rita);
  });
});

describe("who wrote what", () => {
  it("stands with each block, and keeps its writers from approving jobs of its stage only", async () => {
    const { draftId } = await createDraft(as(max), { slug: SLUG });
    await edit(max, draftId, (text) =>
      text.replace(/(id: onboard-01-domain\n.*\n)title: .*\n/, "$1title: One domain\n"),
    );
    await edit(olga, draftId, (text) =>
      text.replace(/(id: onboard-05-template\n.*\n)title: .*\n/, "$1title: One template\n"),
    );
    const versionId = await publish(draftId, olga, rita);
    const [version] = await world.db.select().from(runbookVersion).where(eq(runbookVersion.id, versionId));
    const authors = readAuthors(version?.authors);
    expect(authors?.parts["block onboard-01-domain"]?.by).toEqual([max.personId]);
    expect(authors?.parts["block onboard-05-template"]?.by).toEqual([olga.personId]);
    expect(authors?.stages["1"]).toContain(max.personId);
    expect(authors?.stages["1"]).not.toContain(olga.personId);
    expect(authors?.stages["5"]).toContain(olga.personId);
    const page = await readRunbookPage(as(rob), { slug: SLUG });
    expect(page.authors["block onboard-01-domain"]?.by).toEqual(["Max"]);
  });

  it("bars whoever wrote the stage from approving its jobs, and nobody else", async () => {
    const written = eq(runbookVersion.id, world.published.versionId);
    const record = (stages: Record<string, string[]>) =>
      owner.db
        .update(runbookVersion)
        .set({ authors: { parts: {}, stages }, authoredBy: max.personId })
        .where(written);
    try {
      const row = await world.request(olga);
      await world.recheck(rob, row.id);
      await record({ "0": [max.personId], "1": [] });
      expect(await refusalOf(approveJob(as(max), approvalOf(row)))).toMatchObject({ reason: "author" });
      // A stage that the record does not know counts as written by everybody who wrote anything.
      await record({ "1": [] });
      expect(await refusalOf(approveJob(as(max), approvalOf(row)))).toMatchObject({ reason: "author" });
      await record({ "0": [olga.personId], "1": [max.personId] });
      await approveJob(as(max), approvalOf(row));
    } finally {
      await owner.db.update(runbookVersion).set({ authors: null, authoredBy: null }).where(written);
    }
  });

  it("gives a text that could not be read to whoever wrote it as well", async () => {
    const { draftId } = await createDraft(as(max), { slug: SLUG });
    await edit(max, draftId, (text) =>
      text.replace(/(id: onboard-04-network\n.*\n)title: .*\n/, "$1titel: x\n"),
    );
    await edit(olga, draftId, (text) => text.replace("titel: x", "title: Network of the tenant, once"));
    const versionId = await publish(draftId, olga, rita);
    const [version] = await world.db.select().from(runbookVersion).where(eq(runbookVersion.id, versionId));
    expect(readAuthors(version?.authors)?.parts["block onboard-04-network"]?.by).toEqual([
      max.personId,
      olga.personId,
    ]);
  });
});

describe("a document of another form", () => {
  const source = readFileSync("server/domain/runbook/foreign/fixtures/printed-page.txt", "utf8");

  it("is kept as it came, once, with what is in it", async () => {
    const { documentId } = await importDocument(as(olga), { source, name: "guest.txt" });
    const read = await readDocument(as(rob), { documentId });
    expect(read.source).toBe(source);
    expect(read.outline.stages).toHaveLength(4);
    expect(read.outline.unplaced).toEqual([]);
    expect(await refusalOf(importDocument(as(max), { source, name: "again.txt" }))).toMatchObject({
      reason: "already_imported",
    });
  });

  it.each([
    ["one of our own form", readingText("own", "x")],
    ["more lines than any runbook", "\n".repeat(250_000)],
  ])("is refused where it is %s", async (_what, text) => {
    expect(await refusalOf(importDocument(as(olga), { source: text, name: "x" }))).toMatchObject({
      reason: "not_foreign",
    });
  });
});

describe("the database", () => {
  it("keeps versions, revisions and a draft's beginning as they were written", async () => {
    const { draftId } = await createDraft(as(olga), { slug: SLUG });
    const { db } = world;
    for (const attempt of [
      () => db.update(runbookVersion).set({ source: "x" }),
      () => db.update(runbookVersion).set({ authors: null }),
      () => db.delete(runbookVersion),
      () =>
        db.update(runbookDraftRevision).set({ source: "x" }).where(eq(runbookDraftRevision.draftId, draftId)),
      () => db.update(runbookDraft).set({ createdBy: max.personId }).where(eq(runbookDraft.id, draftId)),
      () => db.update(runbookDraft).set({ state: "published" }).where(eq(runbookDraft.id, draftId)),
    ]) {
      await expect(attempt()).rejects.toThrow();
    }
  });
});
