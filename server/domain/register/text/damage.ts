import type { Diagnostic } from "../diagnostics.ts";
import { lineNumberAt, type Source } from "../source/source.ts";

/**
 * What is left where a rendering took `<...>` for a tag and dropped it. Each pattern looks at most at a few characters
 * around one place, so that the search stays linear.
 */
const REMAINS: readonly { id: string; needle: string; pattern: RegExp; says: string }[] = [
  {
    id: "redirect",
    needle: "&",
    pattern: /[ \t(]&[12](?![0-9A-Za-z_])/g,
    says: 'A bare "&1": "2>&1" or "</dev/null 2>&1" was lost.',
  },
  {
    id: "empty_value",
    needle: "=",
    pattern: /\b[A-Z][A-Z0-9_]{2,30}=(?=;|[ \t]*$)/gm,
    says: "A variable without a value: a placeholder was lost.",
  },
  {
    id: "empty_host",
    needle: "http",
    pattern: /\bhttps?:\/\/(?=[:/])/g,
    says: "An address without a host: a placeholder was lost.",
  },
  {
    id: "empty_target",
    needle: "%(",
    pattern: /%\((?:[a-z_]{0,40}\.)?\.[a-z_]/g,
    says: "A rule target without its middle: a placeholder was lost.",
  },
  {
    id: "cut_name",
    needle: "-`",
    pattern: /[a-z0-9]-(?=`)/gi,
    says: "A name that ends in a dash: a placeholder was lost.",
  },
  {
    id: "cut_label",
    needle: "phase-NN-",
    pattern: /\bphase-NN-(?=$|[ \t`"',.)])/gm,
    says: "A label that ends in a dash: a placeholder was lost.",
  },
  {
    id: "cut_file",
    needle: ".",
    pattern: /[-/]\.(?:md|sh|txt|log|ya?ml|json|pem|crt)\b/g,
    says: "A file name without its end: a placeholder was lost.",
  },
  {
    id: "cut_cell",
    needle: "|",
    pattern: /\|[ \t]{0,4}-[a-z][a-z-]{1,40}/g,
    says: "A cell that begins with a dash: a placeholder was lost.",
  },
  {
    id: "cut_word",
    needle: "_and_matching__",
    pattern: /\b[a-z]{2,30}_and_matching__[a-z]/g,
    says: "A name with nothing between two underscores: a placeholder was lost.",
  },
  {
    id: "cut_path",
    needle: "//",
    pattern: /[a-z0-9_]\/\/[a-z0-9_.]/gi,
    says: "A path with nothing between two slashes: a placeholder was lost.",
  },
  {
    id: "empty_code",
    needle: "``",
    pattern: /(?<![`\\])``(?!`)/g,
    says: "Code with nothing in it: a placeholder was lost.",
  },
  {
    id: "escaped",
    needle: "&",
    pattern: /&(?:lt|gt|amp|#60|#62);/g,
    says: "An escaped character: a rendering was copied and not the file.",
  },
  {
    id: "half",
    needle: "<",
    pattern: /<[a-z][a-z0-9_-]{1,40}(?=$|[ \t;,)"'`])/gm,
    says: 'A "<" without its ">": part of a placeholder was lost.',
  },
];

/** More on one document says nothing new. */
const REMAINS_MAX = 500;

/** Places where angle-bracket text seems to be missing. A person has to look; nothing is guessed back. */
export function findDamage(source: Source): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { id, needle, pattern, says } of REMAINS) {
    // To look for the plain text first is many times faster, and most documents have none.
    if (!source.text.includes(needle)) continue;
    for (const match of source.text.matchAll(pattern)) {
      if (id === "cut_path" && isAddress(source.text, match.index)) continue;
      found.push({
        code: `damage.${id}`,
        severity: "warning",
        line: lineNumberAt(source, match.index),
        says,
      });
      if (found.length >= REMAINS_MAX) return inOrder(found);
    }
  }
  return inOrder(found);
}

/** Behind a scheme two slashes are right, and what stands in an address is not ours to judge. */
function isAddress(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 200), at + 1);
  return before.slice(Math.max(before.lastIndexOf(" "), before.lastIndexOf("\n")) + 1).includes(":/");
}

function inOrder(found: Diagnostic[]): Diagnostic[] {
  return found.sort((one, other) => one.line - other.line || (one.code < other.code ? -1 : 1));
}
