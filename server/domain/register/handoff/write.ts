import { oneLine, wrap } from "../text/wrap.ts";
import { deferredSentence } from "./deferred.ts";
import type { HandoffItem, HandoffRegister, HandoffSection, ItemPart } from "./item.ts";

const RULE = "-".repeat(80);

/** The register as a document in its native form. Reading that document gives the same register. */
export function writeHandoff(register: HandoffRegister): string {
  const head = [register.snapshot, register.numbering, register.conventions].filter((text) => text !== null);
  const blocks = [
    `# ${register.title}`,
    ...head,
    ...register.sections.map(writeSection),
    "-- end of register --",
  ];
  return `${blocks.join("\n\n")}\n`;
}

function writeSection(section: HandoffSection & { items: HandoffItem[] }): string {
  const number = section.number === null ? "" : `${section.number}. `;
  const frame = `${RULE}\n## ${number}${section.title}\n${RULE}`;
  // Checklists and bullets run on without blank lines, but for those that have a text of their own.
  const items = section.items.map((item, at) => {
    const gap = at > 0 && isShort(item) && isShort(section.items[at - 1]) ? "\n" : "\n\n";
    return `${gap}${writeItem(item)}`;
  });
  return `${frame}${items.join("")}`;
}

const isShort = (item: HandoffItem | undefined) =>
  item !== undefined && (item.kind === "C" || item.kind === "deferred") && item.parts.length === 0;

/** The lines of one item, without a line end behind the last. */
export function writeItem(item: HandoffItem): string {
  const parts = item.parts.flatMap((part, at) => writePart(part, at === 0 && hasSentence(item)));
  return [writeFirst(item), ...parts].join("\n");
}

const hasSentence = (item: HandoffItem) => item.kind === "C" || item.kind === "deferred";

function writeFirst(item: HandoffItem): string {
  if (item.kind === "deferred") return wrap(deferredSentence(item), { first: "- ", rest: "  " });
  if (item.kind === "C") return wrap(item.title, { first: `${item.id} `, rest: "  " });
  const refs = item.refsText === null ? "" : ` (${oneLine(item.refsText)})`;
  return `${item.id}${refs} -- ${oneLine(item.title)}`.trimEnd();
}

/** A part without a label behind an item's own sentence needs a blank line, or it would be more of the sentence. */
function writePart(part: ItemPart, isBehindSentence: boolean): string[] {
  if (part.kind === "block") return ["", ...writeBlock(part)];
  const lines = withClosedFence(part.text.split("\n")).map((line) => (line.trim() === "" ? "" : `  ${line}`));
  if (part.label === null) return isBehindSentence ? ["", ...lines] : lines;
  const [first = "", ...rest] = lines;
  if (first === "") return [`  ${part.label}:`];
  return canFollowLabel(first.trim())
    ? [`  ${part.label}: ${first.trim()}`, ...rest]
    : [`  ${part.label}:`, ...lines];
}

/** A bullet or a fence begins a line. */
const canFollowLabel = (text: string) => !/^(?:[-*+] |`{3}|~{3})/.test(text);

function writeBlock(part: ItemPart & { kind: "block" }): string[] {
  const note = part.note === null ? "" : ` (${part.note})`;
  const host = part.host === null ? "" : ` -- ${part.host}`;
  const label = `  ${part.label}${note}${host}${note === "" && host === "" ? ":" : ""}`;
  if (part.script === null) return [label];
  const mark = fenceAround(part.script);
  const script =
    part.script === "" ? [] : part.script.split("\n").map((line) => (line === "" ? "" : `  ${line}`));
  return [label, `  ${mark}${part.language}`, ...script, `  ${mark}`];
}

/** Longer than any fence within. */
function fenceAround(script: string): string {
  let longest = 2;
  for (const line of script.split("\n")) {
    const text = line.trimStart();
    let length = 0;
    while (text[length] === "`") length += 1;
    longest = Math.max(longest, length);
  }
  return "`".repeat(longest + 1);
}

/** A text that lost the end of its fence gets it, or it would swallow the parts behind it. */
function withClosedFence(lines: readonly string[]): string[] {
  let mark = "";
  for (const line of lines) {
    const bare = line.trim();
    const run = /^(?:`{3,}|~{3,})/.exec(bare)?.[0] ?? "";
    const found = run.startsWith("`") && bare.slice(run.length).includes("`") ? "" : run;
    if (mark === "") mark = found;
    else if (found.startsWith(mark) && bare === found) mark = "";
  }
  return mark === "" ? [...lines] : [...lines, mark];
}
