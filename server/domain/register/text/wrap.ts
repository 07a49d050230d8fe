/** As wide as the registers are written. */
export const TEXT_WIDTH = 79;

const UNEVEN = /[^\S ]|\s{2}|^\s|\s$/;

/** Runs of white space become one space. */
export function oneLine(text: string): string {
  return UNEVEN.test(text) ? text.split(/\s+/).filter(Boolean).join(" ") : text;
}

/** Lines of a wrapped paragraph as one line. A word that was broken behind its hyphen is put together again. */
export function unwrap(lines: readonly string[]): string {
  const pieces: string[] = [];
  let before = "";
  for (const line of lines) {
    const next = oneLine(line);
    if (next === "") continue;
    if (before !== "" && !isBrokenWord(before, next)) pieces.push(" ");
    pieces.push(next);
    before = next;
  }
  return pieces.join("");
}

function isBrokenWord(before: string, after: string): boolean {
  return before.endsWith("-") && /[A-Za-z0-9]-$/.test(before.slice(-2)) && /^[a-z]/.test(after.slice(0, 1));
}

/**
 * Breaks a line at spaces so that `unwrap` gives it back. A word that begins like a fence or would be glued to the word
 * before it stays behind that word, even when the line grows too long.
 */
export function wrap(text: string, { first, rest }: { first: string; rest: string }): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of oneLine(text).split(" ")) {
    const fits = line.length + 1 + word.length <= TEXT_WIDTH;
    if (isEmpty || fits || !canStartLine(line, word)) line += isEmpty ? word : ` ${word}`;
    else {
      lines.push(line);
      line = rest + word;
    }
    isEmpty = false;
  }
  return [...lines, line].join("\n");
}

function canStartLine(before: string, word: string): boolean {
  return !isBrokenWord(before, word) && /^[A-Za-z0-9(]/.test(word) && !/^(?:CHECK|RUN)\b/.test(word);
}
