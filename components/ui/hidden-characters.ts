/**
 * A piece of a text. Hidden: characters that are written out by name because they would not be seen. Look-alike: letters
 * of another script within a word of Latin ones, with their names behind them.
 */
export type VisiblePart = { text: string; mark: "hidden" | "look-alike" | null };

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

const WORD = /[\p{L}\p{M}\p{N}_-]+/gu;
// Scripts whose letters look like Latin ones, the wide forms, and the letters of mathematics (UTS 39, confusables).
const LOOK_ALIKE =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}]/u;

/** Where letters stand that look like others: those of another script in a word that has Latin ones, too. */
function lookAlikesOf(text: string): ReadonlySet<number> {
  const places = new Set<number>();
  if (!LOOK_ALIKE.test(text)) return places;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!/[A-Za-z]/.test(word)) continue;
    let at = index;
    for (const char of word) {
      if (LOOK_ALIKE.test(char)) places.add(at);
      at += char.length;
    }
  }
  return places;
}

/** The text in order, hidden characters written out and look-alikes named. */
export function visibleParts(text: string): VisiblePart[] {
  const parts: VisiblePart[] = [];
  const lookAlikes = lookAlikesOf(text);
  let at = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const mark = isHidden(code) ? "hidden" : lookAlikes.has(at) ? "look-alike" : null;
    at += char.length;
    const shown = mark === null ? char : mark === "hidden" ? nameOf(code) : char + nameOf(code);
    const last = parts.at(-1);
    if (last !== undefined && last.mark === mark) last.text += shown;
    else parts.push({ text: shown, mark });
  }
  return parts;
}
