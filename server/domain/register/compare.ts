/** A record as it is compared: what it is known by, and its words by the names of their fields. */
export interface Compared {
  key: string;
  /** For people, such as `H-1`. */
  code: string;
  fields: ReadonlyMap<string, string>;
}

/**
 * `theirs` changed in the document only, `ours` in the console only, `both` in the same way in both; a `conflict` was
 * changed in both and differently. Nothing is taken over before a person says so.
 */
export type ChangeSide = "theirs" | "ours" | "both" | "conflict";

/** A field that differs among the three; null where a side does not have it. */
export interface FieldChange {
  field: string;
  side: ChangeSide;
  base: string | null;
  theirs: string | null;
  ours: string | null;
}

export interface RecordChange {
  /** The code in the newest of the three that has the record. */
  code: string;
  key: string;
  /** `added` and `removed` say by whom in `side`; a `changed` record lists its fields. */
  change: "added" | "removed" | "changed";
  side: ChangeSide;
  fields: FieldChange[];
}

/**
 * Compares a document that is imported again with what was imported before (`base`) and with what the console has made
 * of it since (`ours`). Only what differs is listed; equal records are not.
 */
export function compareRecords(sets: {
  base: readonly Compared[];
  theirs: readonly Compared[];
  ours: readonly Compared[];
}): RecordChange[] {
  const base = byKey(sets.base);
  const theirs = byKey(sets.theirs);
  const ours = byKey(sets.ours);
  const keys = new Set([...theirs.keys(), ...ours.keys(), ...base.keys()]);
  return [...keys].flatMap((key) => {
    const found = compareOne(key, { base: base.get(key), theirs: theirs.get(key), ours: ours.get(key) });
    return found === null ? [] : [found];
  });
}

const byKey = (records: readonly Compared[]) => new Map(records.map((record) => [record.key, record]));

interface Three {
  base: Compared | undefined;
  theirs: Compared | undefined;
  ours: Compared | undefined;
}

function compareOne(key: string, { base, theirs, ours }: Three): RecordChange | null {
  const code = (theirs ?? ours ?? base)?.code ?? key;
  const fields = fieldChanges({ base, theirs, ours });
  const side = sideOf(fields);
  if (base === undefined) {
    if (theirs === undefined || ours === undefined) {
      return { code, key, change: "added", side: theirs === undefined ? "ours" : "theirs", fields };
    }
    return { code, key, change: "added", side: side === null ? "both" : side, fields };
  }
  if (theirs === undefined || ours === undefined) {
    if (theirs === undefined && ours === undefined)
      return { code, key, change: "removed", side: "both", fields: [] };
    // Taken out by one and changed by the other: a person has to look.
    const isChanged = fields.some((field) => field.side === "conflict");
    const who = theirs === undefined ? "theirs" : "ours";
    return { code, key, change: "removed", side: isChanged ? "conflict" : who, fields };
  }
  return side === null ? null : { code, key, change: "changed", side, fields };
}

function fieldChanges({ base, theirs, ours }: Three): FieldChange[] {
  const names = new Set([theirs, ours, base].flatMap((record) => [...(record?.fields.keys() ?? [])]));
  return [...names].flatMap((field) => {
    const was = base?.fields.get(field) ?? null;
    const their = theirs?.fields.get(field) ?? null;
    const our = ours?.fields.get(field) ?? null;
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
