export type Heading = { depth: number; text: string; id: string };

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/;

/** An address for a heading: lower-case words joined by hyphens. */
export function headingId(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? ["part"];
  return words.join("-");
}

/** Headings of a Markdown text in order, those inside fenced code left out. */
export function listHeadings(markdown: string): Heading[] {
  const headings: Heading[] = [];
  let fence: string | null = null;
  for (const line of markdown.split("\n")) {
    const mark = FENCE.exec(line)?.[1]?.slice(0, 3);
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (fence === mark) fence = null;
      continue;
    }
    const match = fence === null ? HEADING.exec(line) : null;
    if (match === null) continue;
    const text = (match[2] ?? "").replaceAll(/[*_`]/g, "");
    headings.push({ depth: match[1]?.length ?? 1, text, id: headingId(text) });
  }
  return headings;
}

/** The text without its first heading of depth 1, which the page says in its own head. */
export function withoutTitle(markdown: string): string {
  return markdown.replace(/^\s*#\s+[^\n]*\n/, "");
}
