import type { LineSpan, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, headingAt } from "../source/document-text.ts";
import { cutRegions, linesAround, regionLines, spanOf } from "../source/regions.ts";
import { oneLine } from "../text/wrap.ts";

/** A dated section of a running changelog: `## 2026-07-01 -- topic -> D-064 (...)`. */
export interface RunningEntry {
  date: string;
  topic: string;
  /** Lines of the section as they are, without blank lines around it. */
  text: string;
  /** Text below `### Next-free numbers`, or null. */
  nextFree: string | null;
}

export interface PlacedRunningEntry extends RunningEntry {
  lines: LineSpan;
}

export interface RunningChangelog {
  title: string;
  preamble: string;
  entries: RunningEntry[];
}

const HEAD = /^#{1,6}[ \t]+([0-9]{4}-[0-9]{2}-[0-9]{2})[ \t]*(?:--|:|\u2014|\u2013)?[ \t]*(.*)$/;
const NEXT_FREE = /^#{2,6}[ \t]+next-free\b/i;

/** The heading of a dated section, or null. */
export function runningHead(line: string): { date: string; topic: string } | null {
  const match = HEAD.exec(line.slice(0, 2000).trimEnd());
  return match === null ? null : { date: match[1] ?? "", topic: oneLine(match[2] ?? "") };
}

/** Reads a running changelog. What stands before the first dated section is its preamble. */
export function readRunning(document: DocumentText): {
  changelog: Omit<RunningChangelog, "entries"> & { entries: PlacedRunningEntry[] };
  unplaced: UnplacedLine[];
} {
  // A part of a file, as a patch brings it, begins with lines of what stood before: these are no preamble.
  const hasHead = headingAt(document, 0) !== null;
  let title = "";
  let isBegun = false;
  const preamble: number[] = [];
  const { regions, unplaced } = cutRegions(document, {
    headAt: (line) => {
      const head = line.startsWith("#") ? runningHead(line) : null;
      isBegun ||= head !== null;
      return head;
    },
    endsAt: (heading) => heading !== null && heading.level <= 2,
    isKnown: (_, at) => {
      if (isBegun || !hasHead) return false;
      const heading = headingAt(document, at);
      if (heading?.level === 1 && title === "") title = heading.text;
      else preamble.push(at);
      return true;
    },
  });
  const entries = regions.map((region): PlacedRunningEntry => {
    const lines = regionLines(document, region).map((line) => line.trimEnd());
    const cut = lines.findIndex((line) => NEXT_FREE.test(line));
    const text = cut === -1 ? lines : lines.slice(0, cut);
    const nextFree = cut === -1 ? null : trimmed(lines.slice(cut + 1));
    return { ...region.head, text: trimmed(text), nextFree, lines: spanOf(region) };
  });
  return { changelog: { title, preamble: linesAround(document, preamble), entries }, unplaced };
}

function trimmed(lines: readonly string[]): string {
  let first = 0;
  let last = lines.length;
  while (first < last && lines[first] === "") first += 1;
  while (last > first && lines[last - 1] === "") last -= 1;
  return lines.slice(first, last).join("\n");
}

/** The changelog in its native form. */
export function writeRunning({ title, preamble, entries }: RunningChangelog): string {
  const head = [...(title === "" ? [] : [`# ${title}`]), ...(preamble === "" ? [] : [preamble])];
  return `${[...head, ...entries.map(writeRunningEntry)].join("\n\n")}\n`;
}

/** One dated section, without a line end behind the last line. */
export function writeRunningEntry({ date, topic, text, nextFree }: RunningEntry): string {
  const parts = [`## ${date}${topic === "" ? "" : ` -- ${topic}`}`];
  if (text !== "") parts.push(text);
  if (nextFree !== null) parts.push(`### Next-free numbers\n${nextFree}`.trimEnd());
  return parts.join("\n\n");
}
