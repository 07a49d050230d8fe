import { LABEL_MAX_LENGTH } from "./limits.ts";
import type { StageRow } from "./model.ts";

const NUMBER = String.raw`[A-Z]?\d{1,3}(?:\.\d{1,3})?[a-z]?(?:\/\d{1,3}(?:\.\d{1,3})?)?`;
const HEAD = /^\|?\s*Stage\s*\|?\s*What\s*\|?\s*Status\b\s*\|?/i;
const ROW = new RegExp(String.raw`^(${NUMBER})\s+(\S.*?)\s*(\[[A-Z][^\]]*\].*)$`);
const PIPED = new RegExp(String.raw`^\|\s*(?:Stage\s+)?(${NUMBER})\s*\|\s*(.*?)\s*\|\s*(.*?)\s*\|?\s*$`, "i");
const JOINED = new RegExp(String.raw`(?<=[\])]) (?=${NUMBER} [A-Z])`);
const HEADING = new RegExp(
  String.raw`^(#{1,6} +)?(\*\*)?(STAGE|Stage)\s+(${NUMBER})\s*(?:--|:|\u2013|\u2014|-)\s+(\S.*)$`,
);

export function isTableHead(text: string): boolean {
  return HEAD.test(text);
}

/** `2.5 Tenant isolation [VALIDATED 2026-07-01] (+ finding)` or `| 2.5 | Tenant isolation | ... |`; joined rows give several. */
export function stageRows(text: string, line: number): StageRow[] {
  const rest = text.replace(HEAD, "").trim();
  if (rest.startsWith("|")) {
    const match = rest.length <= LABEL_MAX_LENGTH ? PIPED.exec(rest) : null;
    return match ? [rowOf(match, line)] : [];
  }
  return rest.split(JOINED).flatMap((part) => {
    const match = part.length <= LABEL_MAX_LENGTH ? ROW.exec(part) : null;
    return match ? [rowOf(match, line)] : [];
  });
}

/** The line of hyphens below the head of a table. */
export function isTableRule(text: string): boolean {
  return /^\|?[\s:|-]{3,}$/.test(text) && text.includes("|");
}

function rowOf([, number = "", what = "", status = ""]: RegExpExecArray, line: number): StageRow {
  return { key: stageKey(number), what, status, line };
}

export function stageKey(number: string): string {
  return number.replace("/", "-");
}

/**
 * `STAGE 2.5 -- title`, `## Stage R1: title`. `Stage` in lower case counts only where something else makes it a
 * heading: prose begins a sentence so.
 */
export function readStageHeading(
  text: string,
  isRuled: boolean,
): { key: string; title: string; level: number } | null {
  const line = text.trim();
  if (line.length > LABEL_MAX_LENGTH || !/^(?:#|\*\*|stage\b)/i.test(line)) return null;
  const match = HEADING.exec(line);
  if (!match) return null;
  const [, marks, bold, word, number = "", title = ""] = match;
  if (marks === undefined && bold === undefined && word !== "STAGE" && !isRuled) return null;
  return {
    key: stageKey(number),
    title: bold === undefined ? title : title.replace(/\*\*\s*$/, ""),
    level: marks === undefined ? 1 : marks.trim().length,
  };
}
