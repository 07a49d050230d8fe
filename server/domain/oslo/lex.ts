export type RuleToken = TokenKind & {
  /** Characters of the rule before it. */
  at: number;
};

type TokenKind =
  | { kind: "(" | ")" }
  | { kind: "and" | "or" | "not"; text: string }
  | { kind: "string"; text: string }
  | { kind: "check"; text: string };

/** Python's \s for text, which is not JavaScript's: it has U+001C-1F and U+0085 and lacks U+FEFF. */
const WHITESPACE_RANGES = [
  [0x09, 0x0d],
  [0x1c, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
] as const;
const PIECES = new RegExp(
  `[^${WHITESPACE_RANGES.map(([first, last]) => String.fromCharCode(first, 0x2d, last)).join("")}]+`,
  "g",
);

/**
 * Splits a rule as oslo_policy._parser does: on whitespace, then leading "(" and trailing ")" of each piece.
 * Parentheses inside a piece belong to its text, so "(a:b)or(c:d)" is one check.
 */
export function lexRule(rule: string): RuleToken[] {
  const tokens: RuleToken[] = [];
  for (const { 0: piece, index } of rule.matchAll(PIECES)) {
    const opened = piece.replace(/^\(+/, "");
    const start = index + piece.length - opened.length;
    for (let at = index; at < start; at += 1) tokens.push({ kind: "(", at });
    if (opened === "") continue;
    const middle = opened.slice(0, trailingParenthesesStart(opened));
    if (middle !== "") tokens.push({ ...lexWord(opened, middle), at: start });
    for (let at = middle.length; at < opened.length; at += 1) tokens.push({ kind: ")", at: start + at });
  }
  return tokens;
}

/** A loop, not /\)+$/: that expression is quadratic on long runs of parentheses. */
function trailingParenthesesStart(text: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === ")") end -= 1;
  return end;
}

function lexWord(opened: string, middle: string): TokenKind {
  const lowered = middle.toLowerCase();
  if (lowered === "and" || lowered === "or" || lowered === "not") return { kind: lowered, text: middle };
  const first = opened[0];
  const isQuoted = opened.length >= 2 && (first === '"' || first === "'") && opened.endsWith(first);
  return isQuoted ? { kind: "string", text: opened.slice(1, -1) } : { kind: "check", text: middle };
}
