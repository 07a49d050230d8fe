import type { Diagnostic, LineSpan, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, headingAt } from "../source/document-text.ts";
import { cutRegions, linesAround, regionLines, spanOf } from "../source/regions.ts";
import { type Field, readFields, writeField } from "../text/fields.ts";
import { oneLine } from "../text/wrap.ts";

/** BLOCKER breaks a redeploy, RISK may break or mislead, NIT is a matter of consistency. */
export const DOCFIX_SEVERITIES = ["BLOCKER", "RISK", "NIT"] as const;
export type DocfixSeverity = (typeof DOCFIX_SEVERITIES)[number];

/** A finding of a draft, `DOCFIX-070 (RISK) -- title`, or of a change list, `3. TITLE [Step 8.1, jumphost]`. */
export interface DocfixFinding {
  /** Null in a change list, whose one number stands in its head. */
  id: string | null;
  /** Position in a change list. */
  number: number | null;
  severity: DocfixSeverity | null;
  /** What stands in brackets behind the title of a change list. */
  where: string | null;
  title: string;
  fields: Field[];
}

export interface PlacedFinding extends DocfixFinding {
  lines: LineSpan;
}

export interface DocfixDraft {
  title: string;
  /** Status line, severity key and what else stands before the first finding. */
  preamble: string;
  findings: DocfixFinding[];
}

const FINDING =
  /^(?:#{1,6}[ \t]+|[-*][ \t]+)?\*{0,2}((?:DOCFIX|BUNDLEFIX)-[0-9]{1,6}[a-z]?)\*{0,2}[ \t]*\(([^()]{1,60})\)\*{0,2}[ \t]*(?:--|:|\u2014|\u2013)[ \t]*(.*)$/;
const LISTED = /^[ ]{0,2}(?:#{1,6} )?([0-9]{1,3})[.)][ \t]+(.{1,300}?)[ \t]*\[([^[\]]{1,160})\][ \t]*$/;

type FindingHead = Omit<DocfixFinding, "fields">;

/** The first line of a finding, or null. */
export function findingHead(line: string): FindingHead | null {
  const text = line.slice(0, 1000).trimEnd();
  const finding = FINDING.exec(text);
  if (finding !== null) {
    const severity =
      DOCFIX_SEVERITIES.find((word) => (finding[2] ?? "").toUpperCase().includes(word)) ?? null;
    return { id: finding[1] ?? "", number: null, severity, where: null, title: titleOf(finding[3] ?? "") };
  }
  const listed = text.endsWith("]") ? LISTED.exec(text) : null;
  if (listed === null) return null;
  return {
    id: null,
    number: Number(listed[1]),
    severity: null,
    where: oneLine(listed[3] ?? ""),
    title: titleOf(listed[2] ?? ""),
  };
}

const titleOf = (text: string) => oneLine(text.replaceAll("**", ""));

/** Reads a DOCFIX draft or change list. */
export function readDocfix(document: DocumentText): {
  draft: Omit<DocfixDraft, "findings"> & { findings: PlacedFinding[] };
  unplaced: UnplacedLine[];
  diagnostics: Diagnostic[];
} {
  const preamble: number[] = [];
  let title = "";
  let isBegun = false;
  const { regions, unplaced } = cutRegions(document, {
    headAt: (line) => {
      const head = findingHead(line);
      isBegun ||= head !== null;
      return head;
    },
    endsAt: (heading, isRuleLine) => isRuleLine || heading !== null,
    isKnown: (line, at) => {
      const heading = headingAt(document, at);
      if (heading?.level === 1 && title === "" && line !== "") title = heading.text;
      else if (!isBegun) preamble.push(at);
      else return false;
      return true;
    },
  });
  const findings = regions.map((region): PlacedFinding => {
    return {
      ...region.head,
      fields: readFields(regionLines(document, region), "plain"),
      lines: spanOf(region),
    };
  });
  const diagnostics = findings.flatMap(({ id, severity, lines }): Diagnostic[] => {
    if (id === null || severity !== null) return [];
    const says = `${id} names none of ${DOCFIX_SEVERITIES.join(", ")}.`;
    return [{ code: "docfix.severity", severity: "warning", line: lines.first, says }];
  });
  return { draft: { title, preamble: linesAround(document, preamble), findings }, unplaced, diagnostics };
}

/** The draft in its native form. */
export function writeDocfix({ title, preamble, findings }: DocfixDraft): string {
  const head = [...(title === "" ? [] : [`# ${title}`]), ...(preamble === "" ? [] : [preamble])];
  return `${[...head, ...findings.map(writeFinding)].join("\n\n")}\n`;
}

export function writeFinding({ id, number, severity, where, title, fields }: DocfixFinding): string {
  const head =
    id === null
      ? `${number ?? 0}. ${title} [${where ?? ""}]`
      : `${id} (${severity ?? "unrated"}) -- ${title}`.trimEnd();
  // A text without a label stands below the head like the labelled ones.
  return [head, ...fields.map((field) => indented(writeField(field, "plain")))].join("\n");
}

const indented = (text: string) =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
