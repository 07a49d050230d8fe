/**
 * A handoff register whose lines were joined with spaces and that has no plus to cut at. Only what has a shape of its
 * own can be found again: rules, sections, numbers of items, bullets of the last section, fences. The end of a title is
 * a guess where not even the indentation of the body was kept.
 */
export function isFlatRegister(text: string): boolean {
  const lines = text.split("\n", 20).filter((line) => line.trim() !== "");
  return (
    lines.length <= 5 && lines.some((line) => line.length > 300 && / -{20,} #{0,6} ?[0-9]{1,2}\. /.test(line))
  );
}

const RULE = / ?(-{20,}) ?/;
const HEADED = / (?=(?:[HVR]-[0-9]{1,4}|D-[0-9]{1,2})[a-z]? (?:\([^()]{1,160}\) )?-- )/;
const CHECKLIST = / (?=C-[0-9]{1,3} [A-Z(])/;
const BULLETS = / (?=- \S)/;
const HEAD = / (?=STATUS SNAPSHOT\b|Numbering at handoff\b|Conventions for )/;
const END = / (?=-- end of register)/;
const FENCE = / ?(```[a-z]* ?)/;

/** The document with lines again, as far as they can be known. */
export function unflattenRegister(text: string): string {
  const pieces = text.split(RULE);
  const lines: string[] = [];
  let isHeading = false;
  pieces.forEach((piece, index) => {
    if (RULE.test(` ${piece} `) && piece.trim().startsWith("--------------------")) {
      lines.push(piece.trim());
      isHeading = !isHeading;
    } else if (isHeading) lines.push(piece.trim());
    else for (const line of sectionLines(piece, index === 0)) lines.push(line);
  });
  return `${lines.join("\n")}\n`;
}

function sectionLines(text: string, isHead: boolean): string[] {
  if (isHead) return text.split(HEAD).flatMap((part) => [part.trim(), ""]);
  const [body = "", ...end] = ` ${text.trimStart()}`.split(END);
  const headed = body.split(HEADED);
  const hasHeaded = headed.length > 1;
  const records = hasHeaded
    ? headed
    : body.split(CHECKLIST).length > 1
      ? body.split(CHECKLIST)
      : body.split(BULLETS);
  const lines = records.flatMap((record) => (record.trim() === "" ? [] : recordLines(record, hasHeaded)));
  return ["", ...lines, "", ...end];
}

function recordLines(record: string, isHeaded: boolean): string[] {
  if (!isHeaded) return [record.trim()];
  const [title, body] = titleAndBody(record);
  const parts = body.split(FENCE);
  const lines = parts.flatMap((part) => (part.trim() === "" ? [] : bodyPart(part)));
  return [title, ...lines.map((line) => `  ${line}`), ""];
}

function bodyPart(part: string): string[] {
  const check = / (?=(?:CHECK|RUN) \([a-z -]{1,40}\) -- \S+$)/.exec(part.trimEnd());
  if (check === null) return [part.trim()];
  return [part.slice(0, check.index).trim(), part.slice(check.index).trim()];
}

const TITLE_END = /(?<=[a-z0-9)`] )(?=(?:[A-Z][a-z]|[A-Z] |`|The |[a-z0-9._-]+\.sh ))/g;

/** Two spaces and more were the indentation of the body; else its first word is the next that begins like a sentence. */
function titleAndBody(record: string): [string, string] {
  const text = record.trim();
  const kept = text.indexOf("   ");
  if (kept !== -1) return [text.slice(0, kept), text.slice(kept).trim()];
  const from = text.indexOf(" -- ") + 4;
  for (const match of text.matchAll(TITLE_END)) {
    if (match.index > from + 8) return [text.slice(0, match.index).trim(), text.slice(match.index)];
  }
  return [text, ""];
}
