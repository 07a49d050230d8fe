import type { DocumentDiagnostic } from "./model.ts";

/** Redirections and names in angle brackets that a page took for markup: what is left runs as something else. */
const CERTAIN: readonly [code: string, probe: string, pattern: RegExp, says: (found: string) => string][] = [
  [
    "lost.redirection",
    "&1",
    /(?<=[^\s>&|;(]) ?(?<![>\d])&1(?!\d)/,
    () => 'A redirection has lost its ">": "&1" stands alone, so the command runs in the background.',
  ],
  [
    "lost.redirection",
    "/dev/null",
    /(?<![<>&=|]\s?)(?<!\b(?:cat|cp|ln|tail|tee|install|source|file)\s)(?<=\s)\/dev\/null\b/,
    () => 'A redirection to /dev/null has lost its ">": it is an argument of the command now.',
  ],
  [
    "lost.name",
    "://",
    /\b[a-z]{2,8}:\/\/(?=[:/"'\s]|$)/,
    (found) => `"${found}" has no host: a name in angle brackets was lost.`,
  ],
  [
    "lost.name",
    "..",
    /\b\d{1,3}\.\d{1,3}\.\.\d{1,3}/,
    (found) => `"${found}" is no address: a part of it was lost.`,
  ],
  ["lost.name", "%(.", /%\(\.[a-z_]*\)s/, (found) => `"${found}" has lost the name before its dot.`],
];

const EMPTY = /(?:^|[;\s(])([A-Z][A-Z0-9_]{1,40})=(?=[;\s]|$)/;
/** `IFS= read -r line` is how it is written. */
const MAY_BE_EMPTY = new Set(["IFS"]);

/** What is lost in a line of commands. */
export function damageIn(text: string, line: number): DocumentDiagnostic[] {
  const found: DocumentDiagnostic[] = [];
  for (const [code, probe, pattern, says] of CERTAIN) {
    if (!text.includes(probe)) continue;
    const match = pattern.exec(text);
    if (match) found.push({ code, severity: "error", line, says: says(match[0].trim()) });
  }
  const name = text.includes("=") ? EMPTY.exec(text)?.[1] : undefined;
  if (name !== undefined && !MAY_BE_EMPTY.has(name)) {
    const says = `${name} is set to nothing here: its value was left out or lost.`;
    found.push({ code: "lost.value", severity: "error", line, says });
  }
  return found;
}

/** What is lost in a gate or another sentence. */
export function damageInWords(text: string, line: number): DocumentDiagnostic[] {
  const match = /(?:=|\bis) (-[a-z]{2,20})\b/.exec(text);
  if (!match) return [];
  const says = `"${match[1] ?? ""}" has lost the name before its hyphen.`;
  return [{ code: "lost.name", severity: "warning", line, says }];
}

const JOINED = /\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+/g;
const SHORTEST = 8;
const LONGEST = 60;

/**
 * Underscores that a page took for emphasis: `admindomain` where `admin_domain` stands elsewhere. Two passes over the
 * text, each word looked up once.
 */
export function lostUnderscores(text: string, lines: readonly string[]): DocumentDiagnostic[] {
  const known = new Map<string, string>();
  for (const line of lines) {
    if (!line.includes("_")) continue;
    for (const [word] of line.matchAll(JOINED)) {
      if (known.size < 10_000) known.set(word.replaceAll("_", ""), word);
    }
  }
  if (known.size === 0) return [];
  const lengths = new Set(Array.from(known.keys(), (word) => word.length));
  const found: DocumentDiagnostic[] = [];
  let line = 1;
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = text.charCodeAt(at) | 0x20;
    if (code >= 0x61 && code <= 0x7a) continue;
    const length = at - start;
    if (length >= SHORTEST && length <= LONGEST && lengths.has(length)) {
      const word = text.slice(start, at);
      const whole = known.get(word);
      if (whole !== undefined) {
        known.delete(word);
        const says = `"${word}" stands elsewhere as "${whole}": an underscore may have been lost.`;
        found.push({ code: "lost.underscore", severity: "warning", line, says });
      }
    }
    if (text.charCodeAt(at) === 0x0a) line += 1;
    start = at + 1;
  }
  return found;
}
