/**
 * Whether a text fits a comma-separated list of patterns: `*` any text, `?` one character, `!` before a pattern refuses
 * whatever fits it, wherever it stands in the list. Case counts (PATTERNS in ssh_config(5); match.c of OpenSSH).
 */
export function matchesList(text: string, list: string): boolean {
  const patterns = list.split(",");
  const refused = patterns.some((pattern) => pattern.startsWith("!") && matches(text, pattern.slice(1)));
  return !refused && patterns.some((pattern) => !pattern.startsWith("!") && matches(text, pattern));
}

/** Goes back to the last `*` only, so that no pattern takes longer than text times pattern. */
function matches(text: string, pattern: string): boolean {
  let [at, of] = [0, 0];
  let star: { at: number; of: number } | null = null;
  while (at < text.length) {
    if (pattern[of] === "*") {
      star = { at, of };
      of += 1;
    } else if (pattern[of] === "?" || pattern[of] === text[at]) {
      at += 1;
      of += 1;
    } else if (star !== null) {
      star = { at: star.at + 1, of: star.of };
      at = star.at;
      of = star.of + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(of));
}
