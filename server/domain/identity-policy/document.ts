import { findPlainEntries } from "./plain-document.ts";
import type { DocumentFault, PolicyEntry } from "./policy-entry.ts";
import { findYamlEntries } from "./yaml-document.ts";

export interface PolicyDocument {
  /** In the order of the file; of a name that is repeated, the last, as the service reads it. */
  entries: readonly PolicyEntry[];
  faults: readonly DocumentFault[];
}

const MAX_CHARACTERS = 1024 * 1024;
const MAX_ASCII_FAULTS = 50;

/** Reads a policy file in YAML (or JSON) with the place of every rule. Bounded; what is no policy is a fault. */
export function readPolicyDocument(text: string): PolicyDocument {
  if (text.length > MAX_CHARACTERS) {
    const says = "The file is longer than 1 MiB. It is not read.";
    return { entries: [], faults: [{ at: { line: 1, column: 1 }, code: "yaml", severity: "error", says }] };
  }
  const faults: DocumentFault[] = findNonAscii(text);
  const all = findPlainEntries(text) ?? findYamlEntries(text, faults);
  const last = new Map<string, PolicyEntry>();
  for (const entry of all) {
    const before = last.get(entry.name);
    if (before !== undefined) {
      const says = `${entry.name} stands in line ${before.at.line} already. The last one counts, the other is not read.`;
      faults.push({ at: entry.at, code: "yaml_repeated", severity: "error", says });
      last.delete(entry.name);
    }
    last.set(entry.name, entry);
  }
  return { entries: [...last.values()], faults };
}

/** The rules as a mapping, for whoever evaluates them. */
export function documentRules({ entries }: PolicyDocument): Record<string, unknown> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

function findNonAscii(text: string): DocumentFault[] {
  const faults: DocumentFault[] = [];
  // Searched first: nearly every file has none.
  if (!/[^\t\n\r\x20-\x7e]/.test(text)) return faults;
  for (const [index, line] of text.split("\n").entries()) {
    for (const match of line.matchAll(/[^\t\r\x20-\x7e]/gu)) {
      const code = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      const at = { line: index + 1, column: Array.from(line.slice(0, match.index)).length + 1 };
      const says = `U+${code} is not ASCII. Write it in ASCII: what looks like a space or a quote is none to the service.`;
      faults.push({ at, code: "not_ascii", severity: "error", says });
      if (faults.length >= MAX_ASCII_FAULTS) return faults;
    }
  }
  return faults;
}
