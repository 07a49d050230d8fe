import type { Diagnostic, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, headingAt } from "../source/document-text.ts";
import { cutRegions, regionLines, spanOf } from "../source/regions.ts";
import { readFields, writeField } from "../text/fields.ts";
import { oneLine } from "../text/wrap.ts";
import type { PlacedDecision } from "./decision.ts";

const HEAD = /^#{1,6}[ \t]+\*{0,2}(D-[0-9]{3,5}[a-z]?)\*{0,2}[ \t]*(?::|--|\u2014|\u2013)[ \t]*(.*)$/;

interface DecisionHead {
  id: string;
  title: string;
  level: number;
}

/** The heading of a decision, such as `## D-064: title`, or null. */
export function decisionHead(line: string): DecisionHead | null {
  const match = HEAD.exec(line.slice(0, 2000).trimEnd());
  if (match === null) return null;
  return { id: match[1] ?? "", title: oneLine(match[2] ?? ""), level: line.search(/[^#]/) };
}

/** Reads a decision log, in both generations of its form. */
export function readDecisions(document: DocumentText): {
  title: string | null;
  decisions: PlacedDecision[];
  unplaced: UnplacedLine[];
  diagnostics: Diagnostic[];
} {
  let level = 2;
  let logTitle: string | null = null;
  const { regions, unplaced } = cutRegions(document, {
    headAt: (line) => {
      const head = line.startsWith("#") ? decisionHead(line) : null;
      if (head !== null) level = head.level;
      return head;
    },
    endsAt: (heading, isRuleLine) => isRuleLine || (heading !== null && heading.level <= level),
    isKnown: (_, at) => {
      const heading = headingAt(document, at);
      if (heading?.level !== 1 || logTitle !== null) return false;
      logTitle = heading.text;
      return true;
    },
  });
  const decisions = regions.map((region): PlacedDecision => {
    const fields = readFields(regionLines(document, region), "bold");
    const { title, tags } = tagsOf(region.head.title);
    const isNew = fields.some(({ label }) =>
      /^(?:status|context|problem|finding|proposed policy)\b/i.test(label),
    );
    const lines = spanOf(region);
    return { id: region.head.id, title, tags, generation: isNew ? "new" : "old", fields, lines };
  });
  return { title: logTitle, decisions, unplaced, diagnostics: repeated(decisions) };
}

const TAG = /\[([a-z0-9][a-z0-9 -]{0,30})\]/g;

/** A title without the tags in brackets that stand in it. */
export function tagsOf(title: string): { title: string; tags: string[] } {
  const tags = [...title.matchAll(TAG)].map((match) => match[1] ?? "");
  return { title: oneLine(title.replaceAll(TAG, "")), tags };
}

function repeated(decisions: readonly PlacedDecision[]): Diagnostic[] {
  const seen = new Map<string, number>();
  const found: Diagnostic[] = [];
  for (const { id, title, lines } of decisions) {
    const earlier = seen.get(id);
    if (earlier === undefined) seen.set(id, lines.first);
    else {
      const says = `${id} is decided in line ${earlier} already.`;
      found.push({ code: "decision.duplicate", severity: "error", line: lines.first, says });
    }
    if (title === "") {
      found.push({
        code: "decision.no_title",
        severity: "error",
        line: lines.first,
        says: `${id} has no title.`,
      });
    }
  }
  return found;
}

/** A decision in its native form, without a line end behind the last line. */
export function writeDecision({ id, title, tags, fields }: Omit<PlacedDecision, "lines">): string {
  const head = [`## ${id}: ${title}`, ...tags.map((tag) => `[${tag}]`)].join(" ");
  return [head, ...fields.map((field) => writeField(field, "bold"))].join("\n\n");
}

/** A decision log: decisions between rules. */
export function writeDecisions(
  title: string | null,
  decisions: readonly Omit<PlacedDecision, "lines">[],
): string {
  const head = title === null ? [] : [`# ${title}`];
  return `${[...head, ...decisions.map(writeDecision)].join("\n\n---\n\n")}\n`;
}
