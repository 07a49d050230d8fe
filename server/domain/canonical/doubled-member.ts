/**
 * The name of the first member that an object of this JSON holds twice, or null. `JSON.parse` keeps the last one, other
 * readers the first (RFC 8259, section 4): what was shown and what was done could then differ. Of a text that is no JSON
 * nothing is said here; its reader refuses it.
 */
export function findDoubledMember(json: string): string | null {
  // Null stands for a list.
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const sign = json[at];
    if (sign === "{") open.push(new Set());
    else if (sign === "[") open.push(null);
    else if (sign === "}" || sign === "]") open.pop();
    else if (sign === '"') {
      const end = endOfText(json, at);
      if (end === -1) return null;
      const names = open.at(-1);
      if (names && isName(json, end)) {
        const name = textOf(json.slice(at, end + 1));
        if (names.has(name)) return name;
        names.add(name);
      }
      at = end;
    }
  }
  return null;
}

/** Where the quote stands that ends the text beginning here, or -1. */
function endOfText(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === "\\") at += 1;
    else if (json[at] === '"') return at;
  }
  return -1;
}

/** In JSON a colon follows the names of members and nothing else. */
function isName(json: string, end: number): boolean {
  let at = end + 1;
  while (" \t\r\n".includes(json[at] ?? "x")) at += 1;
  return json[at] === ":";
}

/** A name as it is compared: `"\u0061"` is `"a"`. */
function textOf(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    // No JSON; whoever reads it says so.
    return quoted;
  }
}
