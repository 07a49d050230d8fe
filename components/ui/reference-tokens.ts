export type TextPart = { text: string; kind: "plain" | "secret" | "symbol" };

// `{{secret:name}}` stands for a sealed value; `{{step.value}}` for a value that an earlier call will give.
const REFERENCE = /\{\{(secret:)?[A-Za-z0-9_][A-Za-z0-9_.:-]*\}\}/g;

/** Splits text at references, so that what is not yet known is told apart from literal text. */
export function splitReferences(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), kind: "plain" });
    parts.push({ text: match[0], kind: match[1] === undefined ? "symbol" : "secret" });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), kind: "plain" });
  return parts;
}
