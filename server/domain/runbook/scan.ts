import type { Position } from "./runbook.ts";
import type { Report } from "./yaml.ts";

/** The document in order, cut at stage headings and at our fences; all else is prose, verbatim. */
export type Piece =
  | { kind: "prose"; markdown: string }
  | { kind: "stage"; number: string; title: string; at: Position }
  | { kind: "block" | "gate"; text: string; at: Position };

export interface Scan {
  /** Text between the two `---` lines; starts in line 2. */
  frontMatter: string | null;
  pieces: Piece[];
}

const STAGE = /^## Stage ([A-Z]?[0-9]{1,3}(?:\.[0-9]{1,3})?(?:\/[0-9]{1,3}(?:\.[0-9]{1,3})?)?): (\S.*)$/;
const STAGE_LIKE = /^#{1,6}\s*stage\s+[a-z]?[0-9]/i;
const OUR_INFO = /^yaml\s+(?:block|gate)\b/i;

type Fence = { mark: string; kind: "block" | "gate" | "other"; lineNumber: number };

/** Reads line by line, each line once. */
export function scanDocument(lines: readonly string[], report: Report): Scan {
  const front = scanFrontMatter(lines, report);
  const pieces: Piece[] = [];
  let prose: string[] = [];
  let fenced: string[] = [];
  let fence: Fence | null = null;
  const endProse = () => {
    if (prose.some((line) => line.trim() !== "")) pieces.push({ kind: "prose", markdown: prose.join("\n") });
    prose = [];
  };
  for (let index = front.nextLine; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const at = { line: index + 1, column: 1 };
    if (fence) {
      const isEnd = closes(line, fence.mark);
      if (fence.kind === "other") prose.push(line);
      else if (isEnd) {
        pieces.push({ kind: fence.kind, text: fenced.join("\n"), at: { line: fence.lineNumber, column: 1 } });
      } else fenced.push(line);
      if (isEnd) fence = null;
      continue;
    }
    fence = opens(line, at, report);
    if (fence && fence.kind !== "other") {
      endProse();
      fenced = [];
      continue;
    }
    const stage = fence ? null : readHeading(line, at, report);
    if (stage) {
      endProse();
      pieces.push(stage);
    } else prose.push(line);
  }
  if (fence) report({ line: fence.lineNumber, column: 1 }, "This fence is never closed.");
  endProse();
  return { frontMatter: front.text, pieces };
}

function scanFrontMatter(
  lines: readonly string[],
  report: Report,
): { text: string | null; nextLine: number } {
  const close =
    lines[0]?.trimEnd() === "---" ? lines.findIndex((line, at) => at > 0 && line.trimEnd() === "---") : -1;
  if (close !== -1) return { text: lines.slice(1, close).join("\n"), nextLine: close + 1 };
  report({ line: 1, column: 1 }, 'A runbook starts with front matter between two lines "---".');
  return { text: null, nextLine: 0 };
}

function opens(line: string, at: Position, report: Report): Fence | null {
  // Quotes, list marks and indentation may stand before a fence; ours stand alone, so that none hides in a quote.
  const start = /^[\s>*+-]*/.exec(line)?.[0].length ?? 0;
  const mark = /^(?:`{3,}|~{3,})/.exec(line.slice(start))?.[0];
  if (mark === undefined) return null;
  const info = line.slice(start + mark.length).trim();
  if (mark.startsWith("`") && info.includes("`")) return null;
  const fence = { mark, lineNumber: at.line };
  if (start === 0 && mark.startsWith("`") && (info === "yaml block" || info === "yaml gate")) {
    return { ...fence, kind: info === "yaml block" ? "block" : "gate" };
  }
  if (OUR_INFO.test(info)) {
    report(at, 'A block starts with "```yaml block" or "```yaml gate" at the beginning of a line.');
  } else if (/^yaml\s/i.test(info)) {
    report(at, `A fence is "yaml block" or "yaml gate", not "${info}". An example to read is just "yaml".`);
  }
  return isProseFence(line, start) ? { ...fence, kind: "other" } : null;
}

/** CommonMark 0.31 section 4.5: a fence is indented by at most three spaces. */
function isProseFence(line: string, start: number): boolean {
  return start <= 3 && line.slice(0, start).trim() === "";
}

function closes(line: string, mark: string): boolean {
  const text = line.trim();
  return (
    text.length >= mark.length && text === mark.charAt(0).repeat(text.length) && !/^(?: {4}|\t)/.test(line)
  );
}

function readHeading(line: string, at: Position, report: Report): Piece | null {
  const match = STAGE.exec(line.trimEnd());
  if (match) return { kind: "stage", number: match[1] ?? "", title: match[2] ?? "", at };
  if (STAGE_LIKE.test(line)) {
    report(at, 'A stage heading is written "## Stage 2.5: Title", with a number such as 0, 2.5, 6/7 or R1.');
  }
  return null;
}
