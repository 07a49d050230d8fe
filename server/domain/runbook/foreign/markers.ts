import type { DocumentMarker } from "./model.ts";

type Found = Pick<DocumentMarker, "kind" | "words" | "date">;

const BRACKETED =
  /\[(VALIDATED|CORRECTED-PENDING|PROCEDURE-PENDING|REVALIDATE|LIVE-READ PENDING|PENDING-LIVE-READ|SUPERSEDES|REVISED|DRAFT)\b([^\][\n]{0,200})\]/g;
const EXECUTED = /\b(?:NOT yet as-executed|AS-EXECUTED(?:-VERIFIED)?(?: \d{4}-\d{2}-\d{2})?)/gi;
const DAY = /\d{4}-\d{2}-\d{2}/;

const KINDS: Record<string, Found["kind"]> = {
  VALIDATED: "validated",
  "CORRECTED-PENDING": "corrected_pending",
  "PROCEDURE-PENDING": "procedure_pending",
  REVALIDATE: "revalidate",
  "LIVE-READ PENDING": "live_read_pending",
  "PENDING-LIVE-READ": "live_read_pending",
  SUPERSEDES: "supersedes",
  REVISED: "revised",
  DRAFT: "draft",
};

/** Markers in brackets, anywhere in a line. */
export function markersIn(text: string): Found[] {
  if (!text.includes("[")) return [];
  return Array.from(text.matchAll(BRACKETED), ([words, word = ""]) => ({
    kind: KINDS[word] ?? "draft",
    words,
    date: DAY.exec(words)?.[0] ?? null,
  }));
}

/** What a title or a status line says in plain words: DRAFT, AS-EXECUTED with its day, SUPERSEDES. */
export function statusMarkersIn(text: string): Found[] {
  const found: Found[] = Array.from(text.matchAll(EXECUTED), ([words]) => ({
    kind: /^not/i.test(words) ? "not_as_executed" : "as_executed",
    words,
    date: DAY.exec(words)?.[0] ?? null,
  }));
  const plain: [RegExp, Found["kind"]][] = [
    [/(?<!\[)\bDRAFT\b(?:\s*\/\s*OPEN)?/, "draft"],
    [/(?<!\[)\bSUPERSEDES\b[^.\n]{0,200}/, "supersedes"],
    [/(?<!\[)\bREVISED\b(?: \d{4}-\d{2}-\d{2})?/, "revised"],
  ];
  for (const [pattern, kind] of plain) {
    const words = pattern.exec(text)?.[0];
    if (words !== undefined) found.push({ kind, words, date: DAY.exec(words)?.[0] ?? null });
  }
  return found;
}

/** The text without its markers in brackets. */
export function withoutMarkers(text: string): string {
  return text.includes("[") ? text.replaceAll(BRACKETED, "").replaceAll(/ {2,}/g, " ").trim() : text.trim();
}
