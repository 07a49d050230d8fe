import type { ItemPart, TextLabel } from "./item.ts";

/** A line of an item's body without the body's indentation. */
export interface BodyLine {
  text: string;
  /** Position of the line within its fenced block: `opens`, `within`, `closes`; null outside. */
  fence: "opens" | "within" | "closes" | null;
}

/** Labels stand anywhere in a line, as the registers wrap them; in other than capitals only where a line begins. */
const LABEL =
  /(?:^|[ \t])\*{0,2}(FIX|ACCEPT(?:ANCE)?|RULE[ -]ON[ -]RESULT|TRIGGER|REVISIT|CHECK)\*{0,2}[ ]?:\*{0,2}(?=[ \t]|$)/g;
const LABEL_AT_START =
  /^(?:[-*+] )?\*{0,2}(fix|accept(?:ance)?|rule[ -]on[ -]result|trigger|revisit)\*{0,2}[ ]?:\*{0,2}(?=[ \t]|$)/i;
const LABEL_HEADING = /^#{1,6} {1,3}(fix|accept(?:ance)?|rule[ -]on[ -]result|trigger|revisit):?[ \t]*$/i;
const BULLET_ALONE = /^[-*+]?$/;
const BLOCK_LABEL =
  /^(CHECK|RUN)[ \t]*(?:\(([^()]{0,80})\))?[ \t]*(?:(?:-{1,3}|\u2014|\u2013|:)[ \t]+|:$)?(.{0,120})$/;

/** Cuts a body into its parts. Every line is in exactly one of them, but for labels and the blank lines around a part. */
export function readParts(body: readonly BodyLine[]): ItemPart[] {
  const parts: ItemPart[] = [];
  let label: TextLabel | null = null;
  let lines: string[] = [];
  const flush = (next: TextLabel | null) => {
    const text = trimmed(lines);
    if (text !== "" || label !== null) parts.push({ kind: "text", label, text });
    label = next;
    lines = [];
  };
  for (let at = 0; at < body.length; at += 1) {
    const line = body[at];
    if (line === undefined) continue;
    const block = line.fence === null ? readBlock(body, at) : null;
    if (block !== null) {
      flush(null);
      parts.push(block.part);
      at = block.last;
    } else if (line.fence !== null) lines.push(line.text);
    else {
      const text = joinedLabel(body, at);
      let from = 0;
      for (const found of labelsIn(text)) {
        const before = text.slice(from, found.from);
        if (!BULLET_ALONE.test(before.trim())) lines.push(from === 0 ? before.trimEnd() : before.trim());
        flush(found.label);
        from = found.to;
      }
      lines.push(from === 0 ? text.trimEnd() : text.slice(from).trim());
    }
  }
  flush(null);
  return parts;
}

/** "RULE ON" at the end of a line and "RESULT:" in the next are one label; the line that holds its end gets it whole. */
function joinedLabel(body: readonly BodyLine[], at: number): string {
  const text = body[at]?.text ?? "";
  const begun = /(?:^|[ \t])RULE(?: ON)?$/.exec(text.slice(-12).trimEnd())?.[0].trim();
  const next = body[at + 1];
  const wants = begun === "RULE" ? "ON RESULT:" : "RESULT:";
  if (begun !== undefined && next?.fence === null && next.text.trimStart().startsWith(wants)) {
    return text.trimEnd().slice(0, -begun.length);
  }
  const before = body[at - 1];
  const trimmedText = text.trimStart();
  const lost = trimmedText.startsWith("ON RESULT:")
    ? "RULE"
    : trimmedText.startsWith("RESULT:")
      ? "RULE ON"
      : null;
  if (lost === null || before === undefined || before.fence !== null) return text;
  return /(?:^|[ \t])RULE(?: ON)?$/.exec(before.text.slice(-12).trimEnd())?.[0].trim() === lost
    ? `${lost} ${trimmedText}`
    : text;
}

/** Where labels stand in a line, in one pass; none within code. */
function labelsIn(text: string): { from: number; to: number; label: TextLabel }[] {
  const found: { from: number; to: number; label: TextLabel }[] = [];
  const early = LABEL_AT_START.exec(text) ?? LABEL_HEADING.exec(text);
  if (early !== null) found.push({ from: 0, to: early[0].length, label: labelOf(early[1] ?? "") });
  let ticks = 0;
  let tick = text.indexOf("`");
  for (const match of text.matchAll(LABEL)) {
    for (; tick !== -1 && tick < match.index; tick = text.indexOf("`", tick + 1)) ticks += 1;
    const isTaken = match.index < (found.at(-1)?.to ?? 0);
    if (ticks % 2 === 1 || isTaken) continue;
    found.push({ from: match.index, to: match.index + match[0].length, label: labelOf(match[1] ?? "") });
  }
  return found;
}

function labelOf(word: string): TextLabel {
  const upper = word.toUpperCase().replaceAll("-", " ");
  if (upper.startsWith("ACCEPT")) return "ACCEPT";
  if (upper.startsWith("RULE")) return "RULE ON RESULT";
  if (upper === "FIX" || upper === "CHECK") return upper;
  return "TRIGGER";
}

/** A label line with the fenced block behind it; a label alone when it says at least where the block would run. */
function readBlock(body: readonly BodyLine[], at: number): { part: ItemPart; last: number } | null {
  const text = (body[at]?.text ?? "")
    .replaceAll("**", "")
    .replace(/^#{1,6} /, "")
    .trim();
  if (text.length > 220) return null;
  const match = BLOCK_LABEL.exec(text);
  if (match === null) return null;
  const label = match[1] === "RUN" ? "RUN" : "CHECK";
  const host = (match[3] ?? "").trim();
  let open = at + 1;
  while (body[open]?.fence === null && body[open]?.text.trim() === "") open += 1;
  const isFenced = body[open]?.fence === "opens";
  const isLabelled = match[2] !== undefined || / (?:--|\u2014|\u2013) /.test(text);
  // Prose may begin with either word.
  if (!isFenced && (!isLabelled || host === "")) return null;
  if (isFenced && !isLabelled && host !== "" && !text.includes(":")) return null;
  const head = {
    kind: "block",
    label,
    note: match[2]?.trim() ?? null,
    host: host === "" ? null : withoutColon(host),
  } as const;
  if (!isFenced) return { part: { ...head, language: "", script: null }, last: at };
  const fence = readFence(body, open);
  return { part: { ...head, language: fence.language, script: fence.script }, last: fence.last };
}

const withoutColon = (text: string) => (text.endsWith(":") ? text.slice(0, -1).trimEnd() : text);

function readFence(
  body: readonly BodyLine[],
  open: number,
): { language: string; script: string; last: number } {
  const mark = body[open]?.text ?? "";
  const indent = mark.length - mark.trimStart().length;
  const language = mark
    .trim()
    .replace(/^[`~]{3,}/, "")
    .trim();
  const lines: string[] = [];
  let at = open + 1;
  for (; body[at]?.fence === "within"; at += 1) lines.push(outdent(body[at]?.text ?? "", indent));
  return { language, script: lines.join("\n"), last: body[at]?.fence === "closes" ? at : at - 1 };
}

/** Takes off at most so many columns of leading white space. */
export function outdent(line: string, columns: number): string {
  let at = 0;
  let column = 0;
  while (column < columns && at < line.length) {
    if (line[at] === " ") column += 1;
    else if (line[at] === "\t") column += 4 - (column % 4);
    else break;
    at += 1;
  }
  return line.slice(at);
}

/** Lines joined, without the blank ones before and after. */
function trimmed(lines: readonly string[]): string {
  let first = 0;
  let last = lines.length - 1;
  while (first <= last && lines[first]?.trim() === "") first += 1;
  while (last >= first && lines[last]?.trim() === "") last -= 1;
  return lines.slice(first, last + 1).join("\n");
}
