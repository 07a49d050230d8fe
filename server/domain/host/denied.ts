/**
 * The first denied command that a script holds, or null. A help for whoever writes blocks, not a guard: a shell has any
 * number of ways to spell a command, and what may run is decided by the two people who attest it.
 */
export function findDenied(script: string, denied: readonly string[]): string | null {
  const lines = script
    .replaceAll(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => line.replaceAll(/[ \t\r]+/g, " "));
  return denied.find((pattern) => lines.some((line) => holds(line, pattern))) ?? null;
}

/** The pieces between the stars, one behind the other, the first where a word begins, and a whole word without a star. */
function holds(line: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  for (let from = line.indexOf(first); from !== -1; from = line.indexOf(first, from + 1)) {
    const end = from + first.length;
    if (isWordPart(line[from - 1]) && isWordPart(first[0])) continue;
    if (rest.length > 0) return holdsInOrder(line.slice(end), rest);
    if (!isWordPart(line[end])) return true;
  }
  return false;
}

/** Looked for from the first place on: a later one leaves less behind it. */
function holdsInOrder(text: string, pieces: readonly string[]): boolean {
  let at = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return true;
}

const isWordPart = (char: string | undefined) => char !== undefined && /[A-Za-z0-9_]/.test(char);
