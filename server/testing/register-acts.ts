import { randomUUID } from "node:crypto";
import { itemLink } from "#db/schema/register.ts";
import type { Decision } from "#server/domain/register/decision/decision.ts";
import type { ItemPart } from "#server/domain/register/handoff/item.ts";
import type { RecordContent, RecordKind, RecordState } from "#server/domain/register/record.ts";
import { addDocument, addItem, openItem, type StoredItem } from "./items.ts";
import type { JobWorld } from "./jobs.ts";

type Filed = { kind: RecordKind; state?: RecordState; content?: RecordContent; code?: string };

/** Files items of any kind into one document, each with a code of its own. */
export async function openRegister(world: JobWorld, personId: string) {
  const documentId = await addDocument(world.db, `docs/${randomUUID()}.md`, { personId, at: world.now });
  let count = 0;
  const file = async ({ kind, state, content, code }: Filed): Promise<StoredItem> => {
    count += 1;
    const own = code ?? codeOf(kind, count);
    return addItem(world.db, {
      documentId,
      code: own,
      kind,
      content: content ?? contentOf(kind, own),
      personId,
      at: world.now,
      position: count,
      ...(state === undefined ? {} : { state }),
    });
  };
  /** A confirmed link, or one that prose proposed. */
  const tie = async (
    from: StoredItem,
    to: StoredItem | string,
    of: {
      kind?: (typeof itemLink.$inferInsert)["kind"];
      state?: "proposed" | "confirmed";
    } = {},
  ): Promise<string> => {
    const id = randomUUID();
    const { kind = "blocked_by", state = "confirmed" } = of;
    await world.db.insert(itemLink).values({
      id,
      itemId: from.id,
      kind,
      toCode: typeof to === "string" ? to : to.code,
      toItemId: typeof to === "string" ? null : to.id,
      because: "It says so",
      state,
      ...(state === "confirmed" ? { decidedBy: personId, decidedAt: world.now } : {}),
    });
    return id;
  };
  return { documentId, file, tie };
}

const codeOf = (kind: RecordKind, count: number): string => {
  if (kind === "decision") return `D-${String(count).padStart(3, "0")}`;
  if (kind === "ledger_row") return `SEC-${String(count).padStart(3, "0")}`;
  return `${kind}-${count}`;
};

function contentOf(kind: RecordKind, code: string): RecordContent {
  switch (kind) {
    case "decision":
      return { kind, decision: proposal(code, ["One network per tenant", "No shared router"]) };
    case "ledger_row":
      return {
        kind,
        head: ["ID", "Title", "Owner", "State", "Due"],
        cells: [code, "Old key", "", "open", ""],
      };
    case "change":
      return changeEntry(["WHY", "REVERT"]);
    case "deferred":
      return {
        kind: "item",
        item: { id: code, kind, refsText: null, title: "Second region", trigger: null, parts: [] },
      };
    case "H":
    case "V":
    case "R":
    case "D":
    case "C":
      return openItem(code, kind, "Which network");
    case "running_entry":
    case "finding":
    case "session":
      throw new Error(`No test files a ${kind}.`);
  }
}

/** A proposal with these points, (a), (b) and so on. */
export function proposal(id: string, points: readonly string[]): Decision {
  const text = points.map((point, at) => `(${String.fromCharCode(97 + at)}) ${point}`).join("\n");
  const fields = [
    { label: "Status", text: "PROPOSED 2026-01-01" },
    { label: "Context", text: "Several tenants share it." },
    ...(points.length === 0 ? [] : [{ label: "Proposed policy", text }]),
  ];
  return { id, title: "Networks of tenants", generation: "new", tags: [], fields };
}

/** An entry of a changelog that says these parts. */
export function changeEntry(labels: readonly string[]): RecordContent {
  const fields = labels.map((label) => ({ label, text: "As it says." }));
  const entry = {
    number: 1,
    isAddendum: false,
    idText: "DOCFIX-001",
    title: "Reads once",
    block: null,
    fields,
  };
  return { kind: "change", entry };
}

/** A check that another person has to give. */
export function otherPersonCheck(code: string): RecordContent {
  const parts: ItemPart[] = [
    { kind: "text", label: null, text: "Someone other than the author reads the runbook and follows it." },
    { kind: "text", label: "RULE ON RESULT", text: "Passes when nobody had to ask." },
  ];
  return {
    kind: "item",
    item: { id: code, kind: "V", refsText: null, title: "Followed by somebody else", trigger: null, parts },
  };
}
