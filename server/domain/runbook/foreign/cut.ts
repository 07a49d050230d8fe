/**
 * Where a line has to be cut because a page or a mail has joined what were lines: at the marks of a block, at a long
 * rule, at a label with its fence. Offsets in order, without 0; each line is looked at a fixed number of times.
 */
export function cutsOf(line: string, isInside: boolean): number[] {
  const cuts: number[] = [];
  if (line.includes("--- ")) {
    for (const match of line.matchAll(BLOCK_MARK)) {
      cuts.push(match.index, match.index + match[0].length);
    }
  }
  if (!isInside && line.length > RULE_MIN && line.includes("==========")) {
    for (const match of line.matchAll(LONG_RULE)) cuts.push(match.index, match.index + match[0].length);
  }
  if (!isInside && line.includes("```") && LABEL_START.test(line)) {
    for (const match of line.matchAll(FENCE_MARK)) cuts.push(match.index, match.index + match[0].length);
  }
  if (cuts.length === 0) return cuts;
  const sorted = [...new Set(cuts)].sort((a, b) => a - b);
  return sorted.filter((at) => at > 0 && at < line.length);
}

const RULE_MIN = 20;
// The label may hold two dashes but never three.
const BLOCK_MARK = /--- (?:BEGIN block\b(?:(?!---)[^\n]){0,400}(?:---|$)|END block\b[^-\n]{0,120}---)/g;
const LONG_RULE = /(?<!=)={20,}(?!=)/g;
const LABEL_START = /^\s*\*\*(?:RUN|CHECK)\b/;
const FENCE_MARK = /`{3,}(?:[a-z]{1,12}(?=\s))?/g;

/** Sentences that begin a part of their own inside a paragraph. */
const PART =
  /(?<=[.!?:)\]"'`] )(?=(?:(?:FINDING|OPEN QUESTION|NOTE|GATE|CAUTION)(?: \([^()\n]{1,160}\))?|STATUS|DELIVER TO CLIENT|Expect|Expected):)/g;

/** Where a line of prose holds another part behind its first. */
export function partCuts(line: string): number[] {
  if (!line.includes(": ") && !line.endsWith(":")) return [];
  return Array.from(line.matchAll(PART), ({ index }) => index).filter((at) => at > 0);
}
