import { readRegisterText } from "../read.ts";
import { type DocumentRecord, recordsIn } from "../records.ts";
import { oneLine } from "../text/wrap.ts";
import { type ChangeEntry, missingOf, writeChange } from "./hardening.ts";

export interface EntryWords {
  number: number;
  /** Identifiers that it is about, such as `DOCFIX-070`; "" for none. */
  idText: string;
  what: string;
  files: string;
  why: string;
  revert: string;
  /** Position of the block of the changelog that it stands in, or null. */
  block: number | null;
  /** Numbers of jobs that it came from. */
  jobs: readonly number[];
}

/**
 * An entry of a changelog as its document would have it, read back from its own text: null when the words would not come
 * back as they were given, such as a line that begins another part.
 */
export function recordOfEntry(words: EntryWords): DocumentRecord | null {
  const { number, idText, what, files, why, revert, block, jobs } = words;
  const entry: ChangeEntry = {
    number,
    isAddendum: false,
    idText: oneLine(idText),
    title: oneLine(what),
    block: null,
    fields: [
      { label: "FILE", text: oneLine(files) },
      { label: "WHY", text: why.trim() },
      { label: "REVERT", text: revert.trim() },
      ...(jobs.length === 0 ? [] : [{ label: "JOBS", text: jobs.join(", ") }]),
    ],
  };
  const read = readRegisterText(`# Changelog\n\n${writeChange(entry)}\n`, null);
  const [document] = read.documents;
  const records = document === undefined ? [] : recordsIn(document);
  const [record] = records;
  if (record?.content.kind !== "change" || records.length !== 1) return null;
  const back = record.content.entry;
  const isSame = JSON.stringify({ ...back, block: null }) === JSON.stringify(entry);
  const isWhole = missingOf(back).length === 0 && document?.unplaced.length === 0;
  return isSame && isWhole
    ? { ...record, section: block, content: { kind: "change", entry: { ...back, block } } }
    : null;
}
