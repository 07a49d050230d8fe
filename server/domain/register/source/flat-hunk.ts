/** A place where a line may begin: the offset of the space before its plus. */
interface Place {
  at: number;
  /** `sure`: the plus is followed by a word, or by two spaces. `blank`: by another plus. `maybe`: by a space and a word. */
  kind: "sure" | "blank" | "maybe";
}

const PLACE = / \+(?=([^ ])|( \+|$)|( {2,}\S)|( \S)|( +$))/g;
/** A document of the largest size has fewer lines; more places than this are no document. */
const PLACES_MAX = 400_000;
const SLACKS = [9, 6, 12, 4, 15, 2, 18, 0, 22];

/** Lines of a hunk, each with its mark. `counts` are the hunk's own, null when it was not announced. */
export function cutHunk(text: string, counts: { old: number; new: number } | null): string[] {
  const places = placesIn(text);
  if (places.length >= PLACES_MAX) return linesAt(text, [], counts);
  // Where indentation was kept, one space behind a plus is never a line's beginning.
  const isKept = / \+ {2,}\S/.test(text.slice(0, 200_000));
  if (isKept) return linesAt(text, keptPlaces(text, places, counts), counts);
  const width = widthOf(text, places);
  if (counts === null) return linesAt(text, choose(text, places, width - 4).chosen, counts);
  let best: { off: number; choice: Choice } | null = null;
  for (const slack of SLACKS) {
    const choice = choose(text, places, width - slack);
    const off = lineCount(text, choice.chosen) - added(counts);
    if (best === null || Math.abs(off) < Math.abs(best.off)) best = { off, choice };
    if (off === 0) break;
  }
  return linesAt(text, best === null ? [] : adjusted(best.choice, counts.old === 0 ? best.off : 0), counts);
}

/** So few lines too many or too few are taken back or added where the width decided, the least certain first. */
const ADJUST_MAX = 8;

function adjusted({ chosen, byWidth }: Choice, off: number): Place[] {
  if (off === 0 || Math.abs(off) > ADJUST_MAX) return chosen;
  const taken = new Set(chosen);
  const unsure = byWidth.filter(({ place }) => taken.has(place) === off > 0);
  unsure.sort((one, other) => (off > 0 ? one.filled - other.filled : other.filled - one.filled));
  for (const { place } of unsure.slice(0, Math.abs(off))) {
    if (off > 0) taken.delete(place);
    else taken.add(place);
  }
  return [...taken].sort((one, other) => one.at - other.at);
}

const added = (counts: { old: number; new: number }) => Math.max(0, counts.new - counts.old);

const lineCount = (text: string, chosen: readonly Place[]) => chosen.length + (text.startsWith("+") ? 1 : 0);

function keptPlaces(
  text: string,
  places: readonly Place[],
  counts: { old: number; new: number } | null,
): Place[] {
  const all = places.filter(({ kind }) => kind !== "maybe");
  if (counts !== null && lineCount(text, all) <= added(counts)) return all;
  const chosen: Place[] = [];
  for (const [index, place] of all.entries()) {
    const line = text.slice((chosen.at(-1)?.at ?? -1) + 1, place.at).slice(0, 400);
    if (place.kind !== "blank" || !endsInPlus({ text, places: all, index, line })) chosen.push(place);
  }
  return chosen;
}

function placesIn(text: string): Place[] {
  const places: Place[] = [];
  for (const match of text.matchAll(PLACE)) {
    const kind =
      match[1] !== undefined || match[3] !== undefined ? "sure" : match[4] !== undefined ? "maybe" : "blank";
    places.push({ at: match.index, kind });
    if (places.length >= PLACES_MAX) break;
  }
  return places;
}

/** The width of the longest line that certainly is one, as far as it is believable. */
function widthOf(text: string, places: readonly Place[]): number {
  let width = 60;
  let from = 0;
  for (const { at, kind } of places) {
    const length = at - from - 2;
    if (kind === "maybe") from = -1;
    else {
      if (from >= 0 && length > width && length < 110 && !isRun(text.slice(from + 2, at))) width = length;
      from = at;
    }
  }
  return width;
}

const isRun = (line: string) => line.startsWith("----------") || line.startsWith("==========");

const RECORD = /^\+(?:[HVRC]-[0-9]{1,4}|D-[0-9]{1,2})[a-z]?(?: |$)|^\+[-*+] /;
const BEGINNING = /^(?:[A-Z`(]|->|[0-9a-z_./-]+\.(?:sh|md|py|yaml)\b)/;

interface Choice {
  chosen: Place[];
  /** Places at which only the width decided: how wide the line would be with the next word. */
  byWidth: { place: Place; filled: number }[];
  /** Offset of the current line's mark. */
  from: number;
  /** Whether the current line's paragraph may be indented below its first line. */
  isItem: boolean;
  isFirst: boolean;
  isFence: boolean;
}

/** Goes once over the places and takes those at which a line must or seems to begin. */
function choose(text: string, places: readonly Place[], fill: number): Choice {
  const state: Choice = { chosen: [], byWidth: [], from: 0, isItem: false, isFirst: true, isFence: false };
  begin(state, text, text.startsWith("+") ? 0 : -1);
  for (const [index, place] of places.entries()) {
    const line = text.slice(Math.max(0, state.from), Math.min(place.at, Math.max(0, state.from) + 400));
    if (place.kind === "blank" && !state.isFence && endsInPlus({ text, places, index, line })) continue;
    if (place.kind === "maybe" && !isBreak({ text, places, index, line, state }, fill)) continue;
    state.chosen.push(place);
    begin(state, text, place.at + 1);
    if (place.kind !== "maybe" && !state.isFirst && place.kind !== "blank") state.isItem = false;
  }
  return state;
}

/** Notes what kind of line begins at the offset of its plus. */
function begin(state: Choice, text: string, from: number): void {
  const head = text.slice(Math.max(0, from), Math.max(0, from) + 40);
  state.from = from;
  const code = head.slice(1).trimStart();
  if (code.startsWith("```")) state.isFence = !state.isFence;
  state.isFirst = RECORD.test(head);
  if (state.isFirst) state.isItem = true;
}

interface At {
  text: string;
  places: readonly Place[];
  index: number;
  line: string;
  state: Choice;
}

/** A line that ends in a plus of its own looks like a blank line behind it: full, and not the end of a sentence. */
function endsInPlus({ text, places, index, line }: Omit<At, "state">): boolean {
  const place = places[index];
  if (place === undefined || places[index + 1]?.at !== place.at + 2) return false;
  const isFull = line.length > 50 && !/[.:;!?)`]$/.test(line.slice(-1));
  return isFull && /^ \+ *[a-z]/.test(text.slice(place.at + 2, place.at + 8));
}

function isBreak({ text, places, index, line, state }: At, fill: number): boolean {
  const place = places[index];
  if (place === undefined) return false;
  const behind = text.slice(place.at + 3, place.at + 3 + 60);
  // Code is not wrapped; a comment in it may hold a plus of its own.
  if (state.isFence) return !line.startsWith("+#");
  if (behind.startsWith("```")) return true;
  const body = line.slice(1).trimStart();
  if (body === "" || body.startsWith("```")) return true;
  if (!state.isItem) return false;
  const word = behind.split(" ", 1)[0]?.length ?? 0;
  const filled = (state.isFirst ? 0 : 2) + body.length + 1 + word;
  const nextAt = places[index + 1]?.at ?? text.length;
  const isLong = nextAt - place.at > fill * 0.7;
  const isSentence = /[.:!?)`]$/.test(line.slice(-1)) && /^(?:[A-Z`(]|->)/.test(behind);
  if (state.isFirst ? isLong || BEGINNING.test(behind) : isSentence) return true;
  state.byWidth.push({ place, filled });
  return filled > fill;
}

function linesAt(
  text: string,
  chosen: readonly Place[],
  counts: { old: number; new: number } | null,
): string[] {
  const lines: string[] = [];
  const isMixed = counts !== null && counts.old > 0;
  let from = 0;
  for (const at of [...chosen.map((place) => place.at), text.length]) {
    const line = text.slice(from, at).trimEnd();
    if (line.startsWith("+"))
      for (const one of isMixed ? withContext(line) : [withIndent(line)]) lines.push(one);
    else if (line !== "") lines.push(isMixed ? ` ${line}` : `+${line}`);
    from = at + 1;
  }
  return lines;
}

/** The rendering left one space of an indentation that the registers write with two. */
const withIndent = (line: string) => (/^\+ \S/.test(line.slice(0, 3)) ? `+ ${line.slice(1)}` : line);

/** A heading behind a plus is the context behind an empty line; lines with a minus behind it were taken away. */
function withContext(line: string): string[] {
  if (!/^\+ #{1,6} /.test(line.slice(0, 10))) {
    const heading = / \+ (?=#{1,6} )/.exec(line);
    if (heading === null) return [withIndent(line)];
    return [withIndent(line.slice(0, heading.index)), ...withContext(line.slice(heading.index + 1))];
  }
  const [context = "", ...removed] = line.slice(1).split(/ -(?=[A-Za-z0-9#*])/);
  return ["+", context, ...removed.map((text) => `-${text}`)];
}
