import { BlockReader } from "./blocks.ts";
import { lostUnderscores } from "./damage.ts";
import { LINES_MAX } from "./limits.ts";
import { withoutMarkers } from "./markers.ts";
import type { DocumentDiagnostic, RunbookDocument } from "./model.ts";
import { ForeignReading } from "./reading.ts";
import { type Part, scanForeign } from "./scan.ts";
import { compareTable } from "./stages.ts";
import { WordReader } from "./words.ts";

/**
 * Reads a runbook that was written for people: labelled blocks of commands between prose. Never throws on content;
 * what is ambiguous is a diagnostic with its line, and every piece of every line is accounted for. One pass, linear in
 * the size of the text.
 */
export function readForeign(text: string): RunbookDocument {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const lines = body.split(body.includes("\r") ? /\r\n|\n|\r/ : "\n");
  const reading = new ForeignReading();
  if (lines.length > LINES_MAX) {
    const says = `The document has more than ${LINES_MAX} lines. It was not read; split it.`;
    reading.remark({ code: "document.too_long", severity: "error", line: 1, says });
    return reading.finish();
  }
  const parts = scanForeign(lines);
  readParts(reading, parts);
  for (const one of lostUnderscores(body, lines)) reading.remark(one);
  for (const one of hiddenIn(body, lines)) reading.remark(one);
  compareTable(reading);
  return reading.finish();
}

/** Forms that stand inside a block, or between a label and its fence. */
const GOES_ON: ReadonlySet<Part["form"]> = new Set(["body", "end", "fence", "fence_end", "text", "blank"]);

function readParts(reading: ForeignReading, parts: readonly Part[]): void {
  const blocks = new BlockReader(reading);
  const words = new WordReader(reading, blocks);
  let level = 0;
  const leave = () => {
    blocks.leaveStage();
    reading.stage = null;
    reading.last = null;
    reading.open = null;
    reading.isTable = false;
    reading.isOpenItems = false;
  };
  for (const [index, part] of parts.entries()) {
    if (!GOES_ON.has(part.form)) blocks.closeUnfinished(part.line);
    switch (part.form) {
      case "blank":
        words.blank(part);
        break;
      case "rule":
        reading.open = null;
        reading.piece(part, "rule");
        break;
      case "stage":
        leave();
        level = part.level;
        reading.piece(part, "stage");
        reading.beginStage({
          key: part.key,
          title: withoutMarkers(part.title),
          origin: "heading",
          line: part.line,
        });
        reading.words(part.title, part.line);
        break;
      case "heading":
        if (reading.stage !== null && part.level <= level) leave();
        words.heading(part, part.title);
        break;
      case "begin":
        reading.open = null;
        blocks.begin(part);
        break;
      case "label":
        reading.open = null;
        blocks.label(part);
        break;
      case "end":
      case "fence":
      case "fence_end":
      case "body":
        blocks.take(part, part.form);
        break;
      case "code_mark":
      case "code":
        reading.open = null;
        reading.piece(part, "prose");
        judgeCode(reading, part);
        break;
      case "text":
        words.text(part, isAlone(parts, index));
    }
  }
  blocks.closeUnfinished(parts.at(-1)?.line ?? 1);
  blocks.leaveStage();
}

/** A line between blank ones, two of them above: what is left of a heading whose marks were lost. */
function isAlone(parts: readonly Part[], at: number): boolean {
  const isBlank = (index: number) => parts[index] === undefined || parts[index]?.form === "blank";
  return isBlank(at + 1) && isBlank(at - 1) && isBlank(at - 2);
}

function judgeCode(reading: ForeignReading, part: Part): void {
  const language = /^\s{0,3}[`~]{3,}\s*(bash|sh|shell)\b/.exec(part.text);
  if (language === null) return;
  const says = "These commands have no label: nothing says whether they are run, where, or as whom.";
  reading.remark({ code: "block.no_label", severity: "warning", line: part.line, says });
}

function hiddenIn(text: string, lines: readonly string[]): DocumentDiagnostic[] {
  if (!hasHidden(text)) return [];
  return lines.flatMap((line, index) => {
    const at = Array.from(line, (character) => character.charCodeAt(0)).findIndex(isHidden);
    if (at === -1) return [];
    const says = `Column ${at + 1} holds a character that does not show. What is read is not what runs.`;
    return [{ code: "document.hidden", severity: "error" as const, line: index + 1, says }];
  });
}

function hasHidden(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 || code > 0x7e) && code !== 0x0a && code !== 0x0d && isHidden(code)) return true;
  }
  return false;
}

/** Controls but the tab, and marks that turn the writing direction or have no width. */
function isHidden(code: number): boolean {
  return (
    (code < 0x20 && code !== 0x09) ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    code === 0xfeff
  );
}
