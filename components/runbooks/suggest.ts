/** What an editor knows of an operation. */
export interface KnownOperation {
  id: string;
  title: string;
  parameters: readonly { name: string; isRequired: boolean }[];
  outputs: readonly string[];
}

export interface Suggestion {
  /** What is shown, and what stands there instead of the begun word. */
  text: string;
  says: string;
}

export interface Suggestions {
  /** Where the begun word starts in the text; it ends at the caret. */
  from: number;
  items: readonly Suggestion[];
}

const SHOWN_MAX = 8;
const FIELDS: readonly Suggestion[] = [
  { text: "op: ", says: "the operation" },
  { text: "title: ", says: "what people read" },
  { text: "with: { }", says: "its parameters" },
  { text: "save: { }", says: "values to keep" },
  { text: "expect: [ ]", says: "what has to be seen" },
  { text: "retry: 2", says: "how often it is tried again where nothing was done" },
];

/**
 * What may stand at the caret: operations behind `op:`, parameters inside `with:`, values behind `expect:` and `save:`,
 * and the fields of a step at the beginning of a line. Null where nothing is known to fit.
 */
export function suggest(
  text: string,
  caret: number,
  operations: readonly KnownOperation[],
): Suggestions | null {
  if (!isInFence(text, caret)) return null;
  const start = text.lastIndexOf("\n", caret - 1) + 1;
  const line = text.slice(start, caret);
  const word = /[A-Za-z0-9_.-]*$/.exec(line)?.[0] ?? "";
  const from = caret - word.length;
  const before = line.slice(0, line.length - word.length);
  if (/^\s*op:\s*$/.test(before)) {
    return narrowed(
      from,
      word,
      operations.map(({ id, title }) => ({ text: id, says: title })),
    );
  }
  const operation = operationAbove(text, start, operations);
  if (operation === null) return null;
  if (/\bwith:\s*\{(?:[^{}]|\{\{[^{}]*\}\})*$/.test(before) && /(?:\{|,)\s*$/.test(before)) {
    return narrowed(from, word, parametersOf(operation));
  }
  if (/\b(?:expect:\s*\[[^\]]*["',[]?\s*|save:\s*\{[^}]*:\s*)$/.test(before)) {
    return narrowed(
      from,
      word,
      operation.outputs.map((name) => ({ text: name, says: `value of ${operation.id}` })),
    );
  }
  if (/^\s{4,}$/.test(before) && isBelow(text, start, /^\s*with:\s*$/))
    return narrowed(from, word, parametersOf(operation));
  return /^\s{4}$/.test(before) ? narrowed(from, word, FIELDS) : null;
}

/** The text with the suggestion in the place of the begun word, and where the caret goes. */
export function applySuggestion(
  text: string,
  { from, caret, suggestion }: { from: number; caret: number; suggestion: Suggestion },
): { text: string; caret: number } {
  return {
    text: `${text.slice(0, from)}${suggestion.text}${text.slice(caret)}`,
    caret: from + suggestion.text.length,
  };
}

const parametersOf = ({ parameters }: KnownOperation): Suggestion[] =>
  parameters.map(({ name, isRequired }) => ({
    text: `${name}: `,
    says: isRequired ? "required" : "optional",
  }));

function narrowed(from: number, word: string, all: readonly Suggestion[]): Suggestions | null {
  const wanted = word.toLowerCase();
  const starts = all.filter(({ text }) => text.toLowerCase().startsWith(wanted));
  const holds = all.filter(
    ({ text }) => !text.toLowerCase().startsWith(wanted) && text.toLowerCase().includes(wanted),
  );
  const items = [...starts, ...holds].filter(({ text }) => text !== word).slice(0, SHOWN_MAX);
  return items.length === 0 ? null : { from, items };
}

/** Whether the last fence that opened above is one of steps. */
function isInFence(text: string, caret: number): boolean {
  const opened = text.lastIndexOf("\n```yaml block", caret);
  return opened !== -1 && !text.slice(opened + 4, caret).includes("\n```");
}

function operationAbove(
  text: string,
  start: number,
  operations: readonly KnownOperation[],
): KnownOperation | null {
  const opened = text.lastIndexOf("\n```yaml block", start);
  const lines = text.slice(opened, start).split("\n");
  for (const line of lines.reverse()) {
    const named = /^\s*op:\s*([a-z0-9_.-]+)\s*$/.exec(line)?.[1];
    if (named !== undefined) return operations.find(({ id }) => id === named) ?? null;
    if (/^\s*- id:/.test(line)) return null;
  }
  return null;
}

function isBelow(text: string, start: number, pattern: RegExp): boolean {
  const lines = text.slice(0, Math.max(0, start - 1)).split("\n");
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? "";
    if (pattern.test(line)) return true;
    if (!/^\s{6,}[a-z_]+:/.test(line)) return false;
  }
  return false;
}
