import { addChange } from "#server/services/changelog/add.ts";
import { setGate } from "#server/services/gate/set.ts";
import { proposeUngate } from "#server/services/gate/ungate.ts";
import { withdrawGate } from "#server/services/gate/withdraw.ts";
import { acceptRisk } from "#server/services/item-move/accept-risk.ts";
import { attestCheck } from "#server/services/item-move/attest.ts";
import { classifyItem } from "#server/services/item-move/classify.ts";
import { moveItem } from "#server/services/item-move/move.ts";
import { tickPoint, untickPoint } from "#server/services/item-move/tick.ts";
import { bulkEditItems } from "#server/services/item/bulk.ts";
import { createItem } from "#server/services/item/create.ts";
import { createDecision } from "#server/services/item/create-decision.ts";
import { createRow } from "#server/services/item/create-row.ts";
import { editItem } from "#server/services/item/edit.ts";
import { removeView, saveView } from "#server/services/item/views.ts";
import { addLink } from "#server/services/link/add.ts";
import { decideLink } from "#server/services/link/decide.ts";
import { moveNumber } from "#server/services/number/move.ts";
import { takeNumber } from "#server/services/number/take.ts";
import { commitImport } from "#server/services/register/commit.ts";
import { editProse, readProsePart } from "#server/services/register/prose.ts";
import { previewImport } from "#server/services/register/preview.ts";
import { proposeRuling } from "#server/services/ruling/propose.ts";
import { ruleItem } from "#server/services/ruling/rule.ts";
import { logSession } from "#server/services/session-index/log.ts";
import { bytesOf } from "../registers.ts";
import { type Acts, type ActWorld, REASON } from "./world.ts";

const NO_COVER = { cloudName: null, tenantSlug: null, runbookSlug: null, stageKey: null, operation: null };
const WORDS = { kind: "attestation", id: "I have read it" } as const;
/** One of the points of an open item of the tests. */
const POINT = "it is written";
const VIEW = { name: "Mine", query: "kind=R", isShared: false };
const RULING = { point: "", ruling: "adopt", reason: REASON, amendment: null, trigger: null } as const;
const NUMBER = { series: "AUD", state: "reserved", purpose: "a test", number: null, count: 1 } as const;

/** Acts on the registers, by the path of their procedure. */
export const ITEM_ACTS: Acts = {
  "items.edit": async ({ jobs, operator, register }) => {
    const { id: itemId } = await register.file({ kind: "R" });
    const input = { itemId, revision: 1, set: { dueOn: "2026-12-01" }, reason: REASON };
    return () => editItem(jobs.ctx(operator), input);
  },
  "items.create": async (given) => {
    const documentId = await importedHandoff(given, "docs/entered.md");
    const words = { title: "Look again", refs: "", body: "", fix: "Look again.", accept: ["seen"] };
    const item = { kind: "H" as const, ...words, check: null, ruleOnResult: "", trigger: "" };
    const input = { documentId, item, ownerId: null, dueOn: null };
    return () => createItem(given.jobs.ctx(given.operator), input);
  },
  "items.createDecision": async ({ jobs, operator }) => {
    const words = { title: "Copy twice", context: "One was lost.", points: ["Two copies", "A drill"] };
    const decision = { ...words, consequence: "", validation: "", related: "", supersedes: "" };
    const input = { documentId: null, decision, ownerId: null, dueOn: null };
    return () => createDecision(jobs.ctx(operator), input);
  },
  "items.createRow": async ({ jobs, operator }) => {
    const row = { title: "A key was shown", note: "" };
    const input = { documentId: null, row, ownerId: operator.personId, dueOn: "2026-12-01" };
    return () => createRow(jobs.ctx(operator), input);
  },
  "items.bulkEdit": async ({ jobs, operator, register }) => {
    const { id: itemId } = await register.file({ kind: "R" });
    const input = { items: [{ itemId, revision: 1 }], set: { ownerId: operator.personId } };
    return () => bulkEditItems(jobs.ctx(operator), input);
  },
  "items.saveView":
    async ({ jobs, operator }) =>
    () =>
      saveView(jobs.ctx(operator), VIEW),
  "items.removeView": async ({ jobs, operator }) => {
    const made = await saveView(jobs.ctx(operator), VIEW);
    return () => removeView(jobs.ctx(operator), made);
  },
  "itemActs.move": async ({ jobs, operator, register }) => {
    const { id: itemId } = await register.file({ kind: "H" });
    const rest = { trigger: { kind: "words", text: "when asked" }, evidence: null, successor: null } as const;
    const input = { itemId, seen: 1, to: "deferred" as const, reason: REASON, ...rest };
    return () => moveItem(jobs.ctx(operator), input);
  },
  "itemActs.tick": async ({ jobs, operator, register }) => {
    const { id: itemId } = await register.file({ kind: "H" });
    return () => tickPoint(jobs.ctx(operator), { itemId, point: POINT, evidence: WORDS });
  },
  "itemActs.untick": async ({ jobs, operator, register }) => {
    const { id: itemId } = await register.file({ kind: "H" });
    await tickPoint(jobs.ctx(operator), { itemId, point: POINT, evidence: WORDS });
    return () => untickPoint(jobs.ctx(operator), { itemId, point: POINT, reason: REASON });
  },
  "itemActs.attest": async ({ jobs, operator, register }) => {
    const { id: itemId } = await register.file({ kind: "V" });
    const input = { itemId, seen: 1, outcome: "passed" as const, evidence: WORDS, countsForDays: 7 };
    return () => attestCheck(jobs.ctx(operator), { ...input, reason: REASON });
  },
  "itemActs.acceptRisk": async ({ jobs, manager, register }) => {
    const { id: itemId } = await register.file({ kind: "ledger_row" });
    const risk = { ownerId: manager.personId, until: "2026-04-01", pinnedTo: null, reason: REASON };
    return () => acceptRisk(jobs.ctx(manager), { itemId, seen: 1, ...risk });
  },
  "itemActs.classify": async ({ jobs, manager, register }) => {
    const { id: itemId } = await register.file({ kind: "H" });
    const facts = { isChange: true, mustDifferFrom: null, target: null, reason: REASON };
    return () => classifyItem(jobs.ctx(manager), { itemId, seen: 1, ...facts });
  },
  "itemActs.rule": async ({ jobs, manager, register }) => {
    const { id: itemId } = await register.file({ kind: "R" });
    return () => ruleItem(jobs.ctx(manager), { itemId, seen: 1, ...RULING });
  },
  "itemActs.proposeRuling": async ({ jobs, manager, register }) => {
    const { id: itemId } = await register.file({ kind: "R" });
    return () => proposeRuling(jobs.ctx(manager), { content: { itemId, ...RULING }, reason: REASON });
  },
  "itemActs.addChange": async ({ jobs, operator, register }) => {
    const { id } = await register.file({ kind: "H" });
    const words = {
      what: "Broker reads once",
      idText: "DOCFIX-070",
      files: "broker.conf",
      why: "Two copies",
    };
    const input = { documentId: null, ...words, revert: "Put it back", itemIds: [id], jobs: [] };
    return () => addChange(jobs.ctx(operator), input);
  },
  "itemActs.addLink": async ({ jobs, operator, register }) => {
    const [from, to] = [await register.file({ kind: "H" }), await register.file({ kind: "R" })];
    const link = { kind: "blocked_by" as const, to: to.code, toItemId: to.id, reason: REASON };
    return () => addLink(jobs.ctx(operator), { itemId: from.id, ...link });
  },
  "itemActs.decideLink": async ({ jobs, operator, register }) => {
    const [from, to] = [await register.file({ kind: "H" }), await register.file({ kind: "R" })];
    const linkId = await register.tie(from, to, { state: "proposed" });
    return () => decideLink(jobs.ctx(operator), { linkId, verdict: "confirm", reason: null });
  },
  "itemActs.setGate": async ({ jobs, operator, register }) => {
    const { id: itemId } = await register.file({ kind: "R" });
    const cover = { ...NO_COVER, tenantSlug: "none-yet" };
    return () => setGate(jobs.ctx(operator), { itemId, cover, reason: REASON });
  },
  "itemActs.withdrawGate": async (given) => {
    const gateId = await gate(given);
    return () => withdrawGate(given.jobs.ctx(given.manager), { gateId, reason: REASON });
  },
  "itemActs.proposeUngate": async (given) => {
    const content = { gateId: await gate(given), reason: REASON };
    return () => proposeUngate(given.jobs.ctx(given.manager), { content, reason: REASON });
  },
  "numbers.take":
    async ({ jobs, operator }) =>
    () =>
      takeNumber(jobs.ctx(operator), NUMBER),
  "numbers.move": async ({ jobs, operator }) => {
    const { ids } = await takeNumber(jobs.ctx(operator), NUMBER);
    const number = Number(ids[0]?.split("-")[1]);
    const input = { series: NUMBER.series, number, suffix: "", to: "assigned" as const, reason: "" };
    return () => moveNumber(jobs.ctx(operator), input);
  },
  "registers.editProse": async (given) => {
    const { jobs, operator } = given;
    const at = { documentId: await importedHandoff(given, "docs/edited.md"), part: "H-951#1" };
    const { seen } = await readProsePart(jobs.ctx(operator), at);
    return () => editProse(jobs.ctx(operator), { ...at, seen, words: "# Handoff of today", reason: REASON });
  },
  "registers.logSession": async ({ jobs, operator }) => {
    const session = { date: "2026-03-04", label: "ops-night", operator: "Olga", scope: "Rolled the broker" };
    return () => logSession(jobs.ctx(operator), session);
  },
};

/** What changes the registers through a route of its own. */
export const IMPORT_ACTS: Acts = {
  "register.import": (given) => handoffImport(given, "docs/handoff.md"),
};

const HANDOFF = "# Handoff\n\n## 1. Immediate\n\nH-951 -- Look at it\n  FIX: look at it.\n";

async function handoffImport({ jobs, operator }: ActWorld, path: string) {
  const file = { path, bytes: bytesOf(HANDOFF) };
  const { seen, documents } = await previewImport(jobs.ctx(operator), file);
  const answers = Object.fromEntries(documents.map((document) => [document.path, {}]));
  return () => commitImport(jobs.ctx(operator), { ...file, seen, answers });
}

async function importedHandoff(given: ActWorld, path: string): Promise<string> {
  const { documents } = await (await handoffImport(given, path))();
  return documents[0]?.documentId ?? "";
}

async function gate({ jobs, operator, register }: ActWorld): Promise<string> {
  const { id: itemId } = await register.file({ kind: "R" });
  const cover = { ...NO_COVER, tenantSlug: "none-yet" };
  return (await setGate(jobs.ctx(operator), { itemId, cover, reason: REASON })).gateId;
}
