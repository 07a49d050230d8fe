import { outdent } from "../handoff/parts.ts";

/** A labelled part of a record. What stands before the first label has the label "". Text keeps its lines. */
export interface Field {
  label: string;
  text: string;
}

/** `**Status:** ADOPTED`, at the beginning of a line or behind the end of a sentence. */
const BOLD = /\*\*([^*]{1,120}?)(?::\*\*|\*\*:)(?=[ \t]|$)/g;
/** `FILE: ...`, `Evidence: ...`, where a line begins. */
const PLAIN =
  /^[ \t]{0,8}(?:[-*] )?\*{0,2}((?:[A-Z][A-Z-]{2,12}(?: [A-Z]{2,12}){0,2})|File|Files|Fix|Evidence|What|Why|Where|Revert|Test|Tests|Note)\*{0,2}:\*{0,2}(?=[ \t]|$)/;

export type LabelStyle = "bold" | "plain";

/** Cuts lines into fields. Labels within fenced blocks are text. */
export function readFields(lines: readonly string[], style: LabelStyle): Field[] {
  const fields: { label: string; lines: string[] }[] = [{ label: "", lines: [] }];
  let fence = "";
  for (const line of lines) {
    const mark = /^[ \t]{0,8}(`{3,12}|~{3,12})/.exec(line.slice(0, 24))?.[1] ?? "";
    if (mark !== "" && (fence === "" || mark.startsWith(fence))) fence = fence === "" ? mark : "";
    let from = 0;
    for (const found of fence === "" && mark === "" ? labelsIn(line, style) : []) {
      const before = line.slice(from, found.from);
      if (before.trim() !== "") fields.at(-1)?.lines.push(from === 0 ? before.trimEnd() : before.trim());
      fields.push({ label: found.label, lines: [] });
      from = found.to;
    }
    fields.at(-1)?.lines.push(from === 0 ? line.trimEnd() : line.slice(from).trim());
  }
  return fields
    .map(({ label, lines: text }) => ({ label, text: fieldText(text, label !== "") }))
    .filter(isSaid);
}

const isSaid = ({ label, text }: Field) => label !== "" || text !== "";

function labelsIn(line: string, style: LabelStyle): { from: number; to: number; label: string }[] {
  if (style === "plain") {
    const match = PLAIN.exec(line.slice(0, 80));
    return match === null ? [] : [{ from: 0, to: match[0].length, label: match[1] ?? "" }];
  }
  const found: { from: number; to: number; label: string }[] = [];
  for (const match of line.matchAll(BOLD)) {
    const before = line.slice(Math.max(0, match.index - 3), match.index).trimEnd();
    if (match.index > 3 && !/[.;:)]$/.test(before.slice(-1))) continue;
    found.push({ from: match.index, to: match.index + match[0].length, label: match[1] ?? "" });
  }
  return found;
}

/** Without blank lines around it; what stands behind a label is not indented, so the lines after it set the margin. */
function fieldText(lines: readonly string[], isLabelled: boolean): string {
  let first = 0;
  let last = lines.length;
  while (first < last && lines[first]?.trim() === "") first += 1;
  while (last > first && lines[last - 1]?.trim() === "") last -= 1;
  const text = lines.slice(first, last);
  const rest = isLabelled && first === 0 ? text.slice(1) : text;
  const margin = Math.min(
    ...rest.filter((line) => line !== "").map((line) => line.length - line.trimStart().length),
    8,
  );
  return text.map((line, at) => (at === 0 && rest !== text ? line : outdent(line, margin))).join("\n");
}

/** The text of the first field with one of these labels, whatever is in parentheses behind them. */
export function fieldNamed(fields: readonly Field[], ...labels: readonly string[]): string | null {
  const wanted = labels.map((label) => label.toLowerCase());
  return fields.find(({ label }) => wanted.includes(bareLabel(label)))?.text ?? null;
}

export const bareLabel = (label: string): string => (label.split("(")[0] ?? "").trim().toLowerCase();

/** A field in its native form; `readFields` gives the same text again. */
export function writeField({ label, text }: Field, style: LabelStyle): string {
  const lines = text.split("\n");
  if (label === "") return text;
  const head = style === "bold" ? `**${label}:**` : `${label}:`;
  const indent = style === "bold" ? "" : "  ";
  const indented = (some: readonly string[]) => some.map((line) => (line === "" ? "" : `${indent}${line}`));
  const [first = "", ...rest] = lines;
  // Behind a label the first line says nothing of the margin: where the others stand further right, it gets its own line.
  const isOwnLine =
    rest.some((line) => line !== "") && rest.every((line) => line === "" || line.startsWith(" "));
  if (isOwnLine || /^(?:`{3}|~{3})/.test(first)) return [head, ...indented(lines)].join("\n");
  return [`${head} ${first}`.trimEnd(), ...indented(rest)].join("\n");
}
