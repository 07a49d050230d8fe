import { cutsOf } from "./cut.ts";
import { readFenceLabel } from "./label.ts";
import { LABEL_MAX_LENGTH } from "./limits.ts";
import { readStageHeading } from "./stage-table.ts";

/** A piece of a line with what it is by its form alone. */
export type Part = { line: number; column: number; text: string } & (
  | { form: "blank" | "rule" | "begin" | "body" | "end" | "text" | "code_mark" | "code" }
  | { form: "label" | "fence" | "fence_end" }
  | { form: "heading"; level: number; title: string }
  | { form: "stage"; key: string; title: string; level: number }
);

const BEGIN = /^--- BEGIN block\b/;
const END = /^--- END block\b/;
const RULE = /^\s*(?:={4,}|-{3,}|\*{3,}|_{3,})\s*$/;
const LONG_RULE = /^\s*={20,}\s*$/;
const HEADING = /^(#{1,6}) +(\S.*?)\s*#*\s*$/;
const FENCE = /^\s{0,3}(`{3,}|~{3,})\s*([^`]*)$/;

interface State {
  parts: Part[];
  /** Inside BEGIN and END. */
  isBlock: boolean;
  /** The mark of an open fence; `isLabelled` when a label stands above it. */
  fence: { mark: string; isLabelled: boolean } | null;
  /** A label that waits for its fence. */
  isLabelled: boolean;
  /** Whether the last thing that was not blank is a rule: what follows is a heading. */
  isRuled: boolean;
  /** Whether a rule here would close a heading. */
  isBelowWords: boolean;
  /** A block stood inside a fence whose closing mark is still to come. */
  isWrapped: boolean;
}

/** Cuts the document into parts, each line once. Joined in order they are the lines again. */
export function scanForeign(lines: readonly string[]): Part[] {
  const state: State = {
    parts: [],
    isBlock: false,
    fence: null,
    isLabelled: false,
    isRuled: false,
    isBelowWords: false,
    isWrapped: false,
  };
  for (const [index, line] of lines.entries()) {
    const cuts = state.fence === null ? cutsOf(line, state.isBlock) : [];
    let from = 0;
    for (const to of [...cuts, line.length]) {
      take(state, line.slice(from, to), { line: index + 1, column: from + 1 });
      from = to;
    }
  }
  return state.parts;
}

/** What may stand between a label and its fence. */
const KEEPS_LABEL: ReadonlySet<Part["form"]> = new Set(["label", "text", "blank"]);

function take(state: State, text: string, at: { line: number; column: number }): void {
  const part = formOf(state, text, at);
  if (!KEEPS_LABEL.has(part.form)) state.isLabelled = false;
  if (part.form === "rule") state.isRuled = LONG_RULE.test(text) && !state.isBelowWords;
  else if (part.form !== "blank") {
    state.isBelowWords = part.form === "heading" || part.form === "stage" || part.form === "text";
    // A rule below a line of words underlines it; below a paragraph that has ended it begins a heading.
    state.isRuled = false;
  } else if (state.parts.at(-1)?.form === "text") state.isBelowWords = false;
  state.parts.push(part);
}

function formOf(state: State, text: string, at: { line: number; column: number }): Part {
  const place = { ...at, text };
  const isBegin = BEGIN.test(text);
  if (state.fence && !(isBegin && !state.fence.isLabelled)) return inFence(state, state.fence, place);
  if (isBegin) {
    if (state.fence) state.isWrapped = true;
    state.fence = null;
    state.isBlock = true;
    return { ...place, form: "begin" };
  }
  if (END.test(text)) {
    state.isBlock = false;
    return { ...place, form: "end" };
  }
  // A block that is never closed ends before the next stage's rule.
  if (state.isBlock && LONG_RULE.test(text)) state.isBlock = false;
  if (state.isBlock) return { ...place, form: "body" };
  if (text.trim() === "") return { ...place, form: "blank" };
  if (RULE.test(text)) return { ...place, form: "rule" };
  // Marks and headings are short; a longer line is text, whatever it begins with.
  const fence = text.length <= LABEL_MAX_LENGTH ? FENCE.exec(text) : null;
  if (fence && state.isWrapped) {
    state.isWrapped = false;
    return { ...place, form: "code_mark" };
  }
  if (fence) {
    state.fence = { mark: fence[1] ?? "```", isLabelled: state.isLabelled };
    const form = state.isLabelled ? "fence" : "code_mark";
    return { ...place, form };
  }
  return ofWords(state, place);
}

function ofWords(state: State, place: { line: number; column: number; text: string }): Part {
  const { text } = place;
  const label = readFenceLabel(text);
  if (label) {
    state.isLabelled = true;
    return { ...place, form: "label" };
  }
  const stage = readStageHeading(text, state.isRuled);
  const heading = stage || text.length > LABEL_MAX_LENGTH ? null : HEADING.exec(text);
  if (stage) return { ...place, form: "stage", ...stage };
  if (heading) {
    return { ...place, form: "heading", level: heading[1]?.length ?? 1, title: heading[2] ?? "" };
  }
  if (state.isRuled && text.length <= 120) return { ...place, form: "heading", level: 1, title: text.trim() };
  return { ...place, form: "text" };
}

function inFence(
  state: State,
  fence: { mark: string; isLabelled: boolean },
  place: { line: number; column: number; text: string },
): Part {
  const text = place.text.trim();
  const isEnd = text.length >= fence.mark.length && text === (fence.mark[0] ?? "`").repeat(text.length);
  if (!isEnd) return { ...place, form: fence.isLabelled ? "body" : "code" };
  state.fence = null;
  return { ...place, form: fence.isLabelled ? "fence_end" : "code_mark" };
}
