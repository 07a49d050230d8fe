import type { Json } from "#server/domain/canonical/json.ts";

/** What is known of a tenant by the names that the document uses: `tenant.slug`, `inputs.cidr`, `saved.domain_id`. */
export type KnownValues = ReadonlyMap<string, Json>;

export type FilledPart = { kind: "text" | "known" | "unknown"; text: string };

const NAME = /\{\{\s*((?:tenant|inputs|saved)\.[A-Za-z0-9_.]+)\s*\}\}/g;

/** Splits a text of the runbook at its templates and fills in what is known; what is not keeps its name. For display only. */
export function fillKnown(text: string, known: KnownValues): FilledPart[] {
  const parts: FilledPart[] = [];
  let from = 0;
  for (const match of text.matchAll(NAME)) {
    const name = match[1] ?? "";
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) });
    const value = known.get(name);
    parts.push(value === undefined ? { kind: "unknown", text: name } : { kind: "known", text: plain(value) });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}

/** The same as one string. */
export function fillKnownText(text: string, known: KnownValues): string {
  return fillKnown(text, known)
    .map(({ text: part }) => part)
    .join("");
}

function plain(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
