/** Words with which a trigger begins, in the registers seen. */
const CUE = /^(?:revisit|when|once|if|after|until|unless|at|on|upon|by|trigger|wait|with|as soon|v[0-9])\b/i;

/** `what: revisit trigger` of a deferred bullet; a colon within parentheses or code is not the one. */
export function readDeferred(text: string): { title: string; trigger: string | null } {
  const cuts = colonsOutside(text);
  const cut = cuts.find((at) => CUE.test(text.slice(at + 1, at + 24).trim())) ?? cuts[0];
  if (cut !== undefined) return parts(text, cut, 1);
  const dash = text.search(/ (?:--|\u2014|\u2013) /);
  if (dash !== -1) return parts(text, dash, text.startsWith(" -- ", dash) ? 4 : 3);
  return { title: text, trigger: null };
}

function parts(text: string, at: number, width: number): { title: string; trigger: string | null } {
  const trigger = text.slice(at + width).trim();
  return { title: text.slice(0, at).trim(), trigger: trigger === "" ? null : trigger };
}

/** A deferred item as one sentence; `readDeferred` gives the two parts back. */
export function deferredSentence({ title, trigger }: { title: string; trigger: string | null }): string {
  return trigger === null ? title : `${title}: ${trigger}`;
}

function colonsOutside(text: string): number[] {
  const found: number[] = [];
  let depth = 0;
  let isCode = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "`") isCode = !isCode;
    else if (char === "(" && !isCode) depth += 1;
    else if (char === ")" && !isCode) depth = Math.max(0, depth - 1);
    else if (char === ":" && depth === 0 && !isCode && isSpaceOrEnd(text[at + 1])) found.push(at);
  }
  return found;
}

const isSpaceOrEnd = (char: string | undefined) => char === undefined || char === " ";
