import type { Diagnostic } from "../diagnostics.ts";
import { lineNumberAt, type Source } from "../source/source.ts";

/** Controls but tab and line ends, and characters that change the direction of text or have no form at all. */
const HIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cf}]/gu;
const HIDDEN_MAX = 100;

/** Characters that do not show what they are. They are kept; a screen has to show them as such. */
export function findCharacters(source: Source): Diagnostic[] {
  const found: Diagnostic[] = [];
  // Nearly every document is plain ASCII: that is seen much faster.
  if (source.text.search(/[^\n\r\t\u0020-\u007e]/) === -1) return found;
  for (const { index } of source.text.matchAll(HIDDEN)) {
    // A byte order mark is none of the text.
    if (index === 0 && source.text.startsWith("\uFEFF")) continue;
    const code = (source.text.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const says = `The character U+${code} does not show itself.`;
    found.push({ code: "text.hidden", severity: "warning", line: lineNumberAt(source, index), says });
    if (found.length >= HIDDEN_MAX) break;
  }
  return found;
}
