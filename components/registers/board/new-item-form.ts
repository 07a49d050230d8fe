import { NEW_ITEM_KINDS, type NewItemPart, PARTS_OF_KIND } from "#server/domain/item/choices.ts";
import type { NewItem } from "#server/domain/item/schema.ts";
import type { DocumentKind } from "#server/domain/register/document.ts";

/** Lines of registers that a person enters here. */
export const NEW_KINDS = [...NEW_ITEM_KINDS, "decision", "ledger_row", "change"] as const;
export type NewKind = (typeof NEW_KINDS)[number];

/** What is entered with fields of its own; all others are items. */
type OwnForm = Exclude<NewKind, NewItem["kind"]>;

export const EMPTY = {
  title: "",
  refs: "",
  body: "",
  fix: "",
  accept: "",
  host: "",
  script: "",
  ruleOnResult: "",
  trigger: "",
  context: "",
  points: "",
  consequence: "",
  validation: "",
  related: "",
  supersedes: "",
  note: "",
  takes: "",
  idText: "",
  files: "",
  why: "",
  revert: "",
  jobs: "",
  ownerId: "",
  dueOn: "",
};
export type Words = typeof EMPTY;

export interface FormField {
  key: Exclude<keyof Words, "ownerId" | "dueOn">;
  label: string;
  hint?: string;
  isLong: boolean;
  isNeeded?: true;
  /** What there is to choose from; left out: it is written. */
  choices?: readonly string[];
}

const TITLE: FormField = { key: "title", label: "Title", isLong: false, isNeeded: true };

/** What a form is headed by and says of itself; the forms of items are alike. */
export const headOf = (kind: NewKind): { title: string; says: string } =>
  isItemKind(kind)
    ? {
        title: "New item",
        says: "It gets the next free number of its kind and stands in the register at once.",
      }
    : OWN_HEADS[kind];

const OWN_HEADS: Record<OwnForm, { title: string; says: string }> = {
  decision: {
    title: "New decision",
    says: "It gets the next free D number, and is a proposal until somebody has ruled on it.",
  },
  ledger_row: {
    title: "New row of the security ledger",
    says: "It gets the next free SEC number and stands in the ledger at once.",
  },
  change: {
    title: "New changelog entry",
    says: "It becomes the next entry of its changelog, and says how it is taken back.",
  },
};

/** Where each part of an item stands in the form. */
const ITEM_FORM: readonly (FormField & { part: NewItemPart | null })[] = [
  { ...TITLE, part: null },
  { key: "refs", part: "refs", label: "Refs", hint: "Such as D-064, V-2.", isLong: false },
  {
    key: "trigger",
    part: "trigger",
    label: "Comes back",
    hint: "Such as: when R-2 is ruled.",
    isLong: false,
  },
  { key: "body", part: null, label: "What it is about", isLong: true },
  { key: "fix", part: "fix", label: "Fix", isLong: true },
  { key: "host", part: "check", label: "Host of the check", isLong: false },
  { key: "script", part: "check", label: "Check", hint: "A script that only reads.", isLong: true },
  {
    key: "accept",
    part: "accept",
    label: "Accept",
    hint: "One point a line: each is ticked with evidence.",
    isLong: true,
  },
  { key: "ruleOnResult", part: "ruleOnResult", label: "Rule on result", isLong: true },
];

const OWN_FORMS: Record<OwnForm, readonly FormField[]> = {
  decision: [
    TITLE,
    { key: "context", label: "What made it necessary", isLong: true, isNeeded: true },
    {
      key: "points",
      label: "Proposed policy",
      hint: "One point a line: each is ruled on by itself. It is adopted by rulings alone.",
      isLong: true,
      isNeeded: true,
    },
    { key: "consequence", label: "Consequence", isLong: true },
    { key: "validation", label: "Validation", isLong: true },
    { key: "supersedes", label: "Supersedes", hint: "Such as D-012.", isLong: false },
    { key: "related", label: "Related", hint: "Such as D-064, SEC-003.", isLong: false },
  ],
  ledger_row: [
    { ...TITLE, label: "What" },
    { key: "note", label: "Note", isLong: false },
  ],
  change: [
    {
      ...TITLE,
      label: "What was changed",
      hint: "One line: it becomes the entry's title.",
    },
    {
      key: "takes",
      label: "Takes the next number of",
      isLong: false,
      choices: ["DOCFIX", "BUNDLEFIX"],
    },
    {
      key: "idText",
      label: "Numbers that it has already",
      hint: "Such as DOCFIX-070, with commas between them.",
      isLong: false,
    },
    { key: "files", label: "Files", isLong: false, isNeeded: true },
    { key: "why", label: "Why", isLong: true, isNeeded: true },
    { key: "revert", label: "Revert", hint: "How it is taken back.", isLong: true, isNeeded: true },
    { key: "jobs", label: "Jobs", hint: "Their numbers, with commas between them.", isLong: false },
  ],
};

export const isItemKind = (kind: NewKind): kind is NewItem["kind"] =>
  kind !== "decision" && kind !== "ledger_row" && kind !== "change";

/** Fields of the form of a kind, in their order. */
export function formOf(kind: NewKind): readonly FormField[] {
  if (!isItemKind(kind)) return OWN_FORMS[kind];
  return ITEM_FORM.filter(({ part }) => part === null || PARTS_OF_KIND[kind].includes(part));
}

/** What is still to be said before it can be entered, or null. */
export function missingIn(kind: NewKind, words: Words): string | null {
  const missing = formOf(kind).find(({ key, isNeeded }) => isNeeded && words[key].trim() === "");
  return missing === undefined ? null : `Fill in: ${missing.label}.`;
}

/** Documents that a line of a kind can stand in. */
export const DOCUMENT_OF: Record<OwnForm | "item", DocumentKind> = {
  item: "handoff",
  decision: "decisions",
  ledger_row: "security_ledger",
  change: "changelog",
};

/** What is written one a line. */
export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** What is said of this kind alone; words of a kind that was left again are not sent. */
export function itemOf(kind: NewItem["kind"], words: Words): NewItem {
  const of = (part: NewItemPart, text: string) => (PARTS_OF_KIND[kind].includes(part) ? text : "");
  const script = of("check", words.script);
  return {
    kind,
    title: words.title,
    body: words.body,
    refs: of("refs", words.refs),
    fix: of("fix", words.fix),
    accept: linesOf(of("accept", words.accept)),
    check: script.trim() === "" ? null : { host: words.host, script },
    ruleOnResult: of("ruleOnResult", words.ruleOnResult),
    trigger: of("trigger", words.trigger),
  };
}
