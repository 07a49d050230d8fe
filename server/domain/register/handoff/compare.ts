import { oneLine } from "../text/wrap.ts";
import type { HandoffItem } from "./item.ts";
import { partsOfItem } from "./view.ts";

/** What a person sees of an item and may have changed. */
export const COMPARED_FIELDS = [
  "title",
  "refs",
  "body",
  "fix",
  "accept",
  "check",
  "ruleOnResult",
  "trigger",
] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

/**
 * `theirs` changed in the document only, `ours` in the console only, `both` in the same way in both; a `conflict` was
 * changed in both and differently. Nothing is taken over before a person says so.
 */
export type ChangeSide = "theirs" | "ours" | "both" | "conflict";

export interface FieldChange {
  field: ComparedField;
  side: ChangeSide;
  base: string | null;
  theirs: string | null;
  ours: string | null;
}

export interface ItemChange {
  /** The id in the newest of the three that has the item. */
  id: string;
  key: string;
  /** `added` and `removed` say by whom in `side`; a `changed` item lists its fields. */
  change: "added" | "removed" | "changed";
  side: ChangeSide;
  fields: FieldChange[];
}

/**
 * Compares a document that is imported again with what was imported before (`base`) and with what the console has made
 * of it since (`ours`). Only what differs is listed; equal items are not.
 */
export function compareItems(sets: {
  base: readonly HandoffItem[];
  theirs: readonly HandoffItem[];
  ours: readonly HandoffItem[];
}): ItemChange[] {
  const base = byKey(sets.base);
  const theirs = byKey(sets.theirs);
  const ours = byKey(sets.ours);
  const keys = new Set([...base.keys(), ...theirs.keys(), ...ours.keys()]);
  return [...keys].flatMap((key) => {
    const found = compareOne(key, { base: base.get(key), theirs: theirs.get(key), ours: ours.get(key) });
    return found === null ? [] : [found];
  });
}

/** Numbered items keep their number; a deferred one is known by what it is about, whatever its place. */
export function itemKey(item: HandoffItem): string {
  if (item.kind !== "deferred") return item.id;
  return `deferred:${oneLine(item.title).normalize("NFC").toLowerCase()}`;
}

/** The second item of one key gets a key of its own, so that a duplicate is shown and not lost. */
function byKey(items: readonly HandoffItem[]): Map<string, HandoffItem> {
  const found = new Map<string, HandoffItem>();
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = itemKey(item);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    found.set(count === 1 ? key : `${key} (${count})`, item);
  }
  return found;
}

interface Three {
  base: HandoffItem | undefined;
  theirs: HandoffItem | undefined;
  ours: HandoffItem | undefined;
}

function compareOne(key: string, { base, theirs, ours }: Three): ItemChange | null {
  const id = (theirs ?? ours ?? base)?.id ?? key;
  const fields = fieldChanges({ base, theirs, ours });
  const side = sideOf(fields);
  if (base === undefined) {
    if (theirs === undefined || ours === undefined) {
      return { id, key, change: "added", side: theirs === undefined ? "ours" : "theirs", fields };
    }
    return { id, key, change: "added", side: side === null ? "both" : side, fields };
  }
  if (theirs === undefined || ours === undefined) {
    if (theirs === undefined && ours === undefined)
      return { id, key, change: "removed", side: "both", fields: [] };
    // Taken out by one and changed by the other: a person has to look.
    const isChanged = fields.some((field) => field.side === "conflict");
    const who = theirs === undefined ? "theirs" : "ours";
    return { id, key, change: "removed", side: isChanged ? "conflict" : who, fields };
  }
  return side === null ? null : { id, key, change: "changed", side, fields };
}

function fieldChanges({ base, theirs, ours }: Three): FieldChange[] {
  const values = [base, theirs, ours].map((item) => (item === undefined ? null : valuesOf(item)));
  return COMPARED_FIELDS.flatMap((field) => {
    const [was = null, their = null, our = null] = values.map((value) => value?.[field] ?? null);
    if (was === their && was === our) return [];
    const side = their === our ? "both" : was === their ? "ours" : was === our ? "theirs" : "conflict";
    return [{ field, side, base: was, theirs: their, ours: our } as const];
  });
}

/** The strongest of what happened to the fields: a conflict, then changes on different sides, then one side. */
function sideOf(fields: readonly FieldChange[]): ChangeSide | null {
  const sides = new Set(fields.map(({ side }) => side));
  if (sides.size === 0) return null;
  if (sides.has("conflict")) return "conflict";
  if (sides.has("theirs")) return "theirs";
  return sides.has("ours") ? "ours" : "both";
}

/** Texts without regard to where their lines break: a document that was only wrapped anew has not changed. */
function valuesOf(item: HandoffItem): Record<ComparedField, string | null> {
  const parts = partsOfItem(item);
  const flat = (text: string | null) => (text === null || text === "" ? null : oneLine(text));
  return {
    title: flat(item.title),
    refs: flat(item.refsText),
    body: flat(parts.body),
    fix: flat(parts.fix),
    accept: parts.accept.length === 0 ? null : parts.accept.join("; "),
    check: parts.check === null ? null : `${parts.check.host ?? ""}\n${parts.check.script ?? ""}`,
    ruleOnResult: flat(parts.ruleOnResult),
    trigger: flat(parts.trigger),
  };
}
