import type { PolicyEntry } from "./policy-entry.ts";

const LINE =
  /^(?:"([^"\\]+)"|'([^']+)'|([A-Za-z_][\w.-]*(?::[\w.-]+)*)): +(?:"([^"\\]*)"|'([^']*)') *(?: #.*)?$/;
const NOTHING = /^ *(?:#.*)?$/;
/** Line ends of YAML that are none to us, and what has to be told about by the library. */
const UNUSUAL = /[^\P{Cc}\n]|[\ufeff\u2028\u2029]|\p{Cs}/u;
const WORDS = new Set(["null", "true", "false", "yes", "no", "on", "off", "y", "n"]);

/**
 * The YAML that policy files are nearly always written in: a name and a quoted rule on each line, and comments. Null for
 * anything else, which the library reads; that both read the same is tested. 2,500 rules take some milliseconds.
 */
export function findPlainEntries(text: string): PolicyEntry[] | null {
  if (UNUSUAL.test(text)) return null;
  const entries: PolicyEntry[] = [];
  for (const [index, source] of text.split("\n").entries()) {
    if (NOTHING.test(source)) continue;
    const match = LINE.exec(source);
    if (match === null) return null;
    const [, double, single, bare] = match;
    const name = double ?? single ?? bare;
    const value = match[4] ?? match[5];
    if (name === undefined || value === undefined) return null;
    if (bare !== undefined && WORDS.has(bare.toLowerCase())) return null;
    const keyLength = bare === undefined ? name.length + 2 : name.length;
    const valueStart = source.length - source.slice(keyLength + 1).trimStart().length;
    entries.push({
      name,
      value,
      at: { line: index + 1, column: 1 },
      valueAt: { line: index + 1, column: valueStart + 1 },
      textAt: { line: index + 1, column: valueStart + 2 },
    });
  }
  return entries;
}
