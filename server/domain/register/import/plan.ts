import { type ChangeSide, type Compared, compareRecords, type RecordChange } from "../compare.ts";
import type { RecordContent, RecordState } from "../record.ts";
import { fieldsOf, withFields } from "../record-fields.ts";
import { isSameContent } from "../record-standing.ts";
import type { DocumentRecord } from "../records.ts";
import type { ImportAnswers, Side } from "./schema.ts";

/** A record as the console has it. */
export interface HeldRecord {
  key: string;
  code: string;
  content: RecordContent;
  /** The content with the standing written into it, as an export would give it. */
  shown: RecordContent;
  state: RecordState;
}

/** The field under which the state stands that a record has in the console, whatever its words say. */
const STATE_FIELD = "standing";

export interface ThreeWays {
  /** What was imported last, read again; empty for a document that is new. */
  base: readonly DocumentRecord[];
  theirs: readonly DocumentRecord[];
  ours: readonly HeldRecord[];
}

/** What differs between a document that is imported and what the console has. */
export function changesOf({ base, theirs, ours }: ThreeWays): RecordChange[] {
  return compareRecords({
    base: base.map(comparedRecord),
    theirs: theirs.map(comparedRecord),
    ours: ours.map(({ key, code, shown, state }) => comparedRecord({ key, code, content: shown, state })),
  });
}

function comparedRecord({
  key,
  code,
  content,
  state,
}: Pick<DocumentRecord, "key" | "code" | "content" | "state">): Compared {
  return { key, code, fields: fieldsOf(content).set(STATE_FIELD, state) };
}

export interface RecordUpdate {
  key: string;
  content: RecordContent;
  state: RecordState;
  /** The document's record, for the links and the trigger that its words propose. */
  theirs: DocumentRecord;
}

export interface ImportPlan {
  insert: DocumentRecord[];
  update: RecordUpdate[];
  /** Keys of records that are taken out. */
  remove: string[];
  /** Codes of changes on which a person has to say something first. */
  unanswered: string[];
}

/** What an import does with these answers. While anything is unanswered, nothing of it may be done. */
export function planImport(
  ways: ThreeWays,
  changes: readonly RecordChange[],
  answers: ImportAnswers,
): ImportPlan {
  const base = byKey(ways.base);
  const theirs = byKey(ways.theirs);
  const ours = byKey(ways.ours);
  const plan: ImportPlan = { insert: [], update: [], remove: [], unanswered: [] };
  const changed = new Set<string>();
  for (const change of changes) {
    changed.add(change.key);
    const record = theirs.get(change.key);
    const held = ours.get(change.key);
    if (record !== undefined && held !== undefined) planField(plan, { change, record, held, answers });
    else if (record !== undefined) planTheirs(plan, { change, record, answers });
    else if (held !== undefined && base.has(change.key)) planGone(plan, change, answers);
  }
  for (const record of ways.theirs) {
    const held = ours.get(record.key);
    const was = base.get(record.key);
    if (changed.has(record.key) || held === undefined || was === undefined) continue;
    // The same words in other lines: nothing to ask, but the lines are those of the document.
    if (isSameContent(held.content, was.content) && !isSameContent(was.content, record.content)) {
      plan.update.push({ key: record.key, content: record.content, state: held.state, theirs: record });
    }
  }
  return plan;
}

const byKey = <T extends { key: string }>(records: readonly T[]) =>
  new Map(records.map((record) => [record.key, record]));

/** In the document and not in the console: new there, or taken out here. */
function planTheirs(
  plan: ImportPlan,
  { change, record, answers }: { change: RecordChange; record: DocumentRecord; answers: ImportAnswers },
): void {
  const asked = wholeAnswer(answers, change.key);
  if (change.change === "added") {
    if (asked !== "ours") plan.insert.push(record);
    return;
  }
  const side = asked ?? (change.side === "conflict" ? answers.conflicts : "ours");
  if (side === undefined) plan.unanswered.push(change.code);
  else if (side === "theirs") plan.insert.push(record);
}

/** In the console and no longer in the document: it goes only when a person says so. */
function planGone(plan: ImportPlan, change: RecordChange, answers: ImportAnswers): void {
  const side = wholeAnswer(answers, change.key) ?? answers.removed;
  if (side === undefined) plan.unanswered.push(change.code);
  else if (side === "theirs") plan.remove.push(change.key);
}

function wholeAnswer(answers: ImportAnswers, key: string): Side | undefined {
  const own = answers.records?.[key];
  return typeof own === "string" ? own : undefined;
}

function planField(
  plan: ImportPlan,
  given: { change: RecordChange; record: DocumentRecord; held: HeldRecord; answers: ImportAnswers },
): void {
  const { change, record, held, answers } = given;
  const sides = change.fields.map(({ field, side }) => ({
    field,
    side: sideOf(answers, { key: change.key, field, side }),
  }));
  if (sides.some(({ side }) => side === null)) {
    plan.unanswered.push(change.code);
    return;
  }
  const taken = new Set(sides.flatMap(({ field, side }) => (side === "theirs" ? [field] : [])));
  if (taken.size === 0) return;
  const isWhole = taken.size === change.fields.length;
  const content = isWhole ? record.content : withFields(held.content, record.content, taken);
  const state = taken.has(STATE_FIELD) ? record.state : held.state;
  // What was made here, was given back and comes again is no change.
  if (state === held.state && isSameContent(content, held.content)) return;
  plan.update.push({ key: change.key, content, state, theirs: record });
}

/** Which side a field is taken from; null while a conflict is not answered. What both changed alike is taken as it is written. */
function sideOf(
  answers: ImportAnswers,
  { key, field, side }: { key: string; field: string; side: ChangeSide },
): Side | null {
  const own = answers.records?.[key];
  const said = typeof own === "string" ? own : own?.[field];
  if (said !== undefined) return said;
  switch (side) {
    case "theirs":
    case "both":
      return "theirs";
    case "ours":
      return "ours";
    case "conflict":
      return answers.conflicts ?? null;
  }
}
