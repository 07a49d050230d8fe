/** A piece of a text; `isHidden` marks characters that are written out by name because they would not be seen. */
export type VisiblePart = { text: string; isHidden: boolean };

// Fillers and blanks that are letters to Unicode and nothing to the eye.
const BLANK_LETTERS = new Set([0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0]);
// Unicode general categories: Cf holds bidirectional controls, zero widths, soft hyphen and tags; Zl and Zp end lines.
const FORMAT = /^[\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}]$/u;

/** Whether a character can make a text read as another one: controls, bidirectional and zero-width ones. Not a tab. */
export function isHidden(code: number): boolean {
  if (code < 0x20) return code !== 0x09;
  if (code < 0x7f) return false;
  return code < 0xa0 || BLANK_LETTERS.has(code) || FORMAT.test(String.fromCodePoint(code));
}

/** How a hidden character is written out: C0 and DEL in caret notation, the rest by code point. */
export function nameOf(code: number): string {
  if (code < 0x20 || code === 0x7f) return `^${String.fromCodePoint(code ^ 0x40)}`;
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** The text in order, hidden characters written out. */
export function visibleParts(text: string): VisiblePart[] {
  const parts: VisiblePart[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const hidden = isHidden(code);
    const shown = hidden ? nameOf(code) : char;
    const last = parts.at(-1);
    if (last !== undefined && last.isHidden === hidden) last.text += shown;
    else parts.push({ text: shown, isHidden: hidden });
  }
  return parts;
}
