import type { UnplacedLine } from "../diagnostics.ts";
import { type NumberStatement, readNumberStatements } from "../numbers/statement.ts";
import { type DocumentText, headingAt } from "../source/document-text.ts";
import { cutRegions, linesAround, regionLines, spanOf } from "../source/regions.ts";
import { identifiersIn, uniqueIdentifiers } from "../text/identifiers.ts";
import { unwrap } from "../text/wrap.ts";
import type { LineSpan } from "../diagnostics.ts";

/** What ledger-scan derives from the repository; made again, never edited by hand. */
export interface MachineDerived {
  heading: string;
  /** The italic line that says as of when, without its marks; "" when there is none. */
  asOf: string;
  openDecisions: string[];
  openRows: string[];
  numbers: NumberStatement[];
  /** Lines as they are. */
  text: string;
  lines: LineSpan;
}

export interface LedgerSection {
  heading: string;
  level: number;
  text: string;
  lines: LineSpan;
}

export interface SessionLedger {
  title: string;
  preamble: string;
  machine: MachineDerived | null;
  narrative: LedgerSection[];
}

const MACHINE = /^machine-derived\b/i;

/** Whether a heading begins the machine-derived section of a session ledger. */
export const isMachineHeading = (line: string): boolean =>
  /^#{1,6}[ \t]+machine-derived\b/i.test(line.slice(0, 60));

/** Reads a session ledger: its purpose, the machine-derived section, and the narrative sections behind it. */
export function readSessionLedger(document: DocumentText): {
  ledger: SessionLedger;
  unplaced: UnplacedLine[];
} {
  let title = "";
  const preamble: number[] = [];
  const { regions, unplaced } = cutRegions(document, {
    headAt: (_, at) => {
      const heading = headingAt(document, at);
      return heading === null || (heading.level === 1 && title === "") ? null : heading;
    },
    endsAt: () => false,
    isKnown: (_, at) => {
      const heading = headingAt(document, at);
      if (heading !== null) title = heading.text;
      else preamble.push(at);
      return true;
    },
  });
  const sections = regions.map((region): LedgerSection => {
    const text = regionLines(document, region)
      .map((line) => line.trimEnd())
      .join("\n")
      .trim();
    return { heading: region.head.text, level: region.head.level, text, lines: spanOf(region) };
  });
  const machine = sections.find(({ heading }) => MACHINE.test(heading));
  return {
    ledger: {
      title,
      preamble: linesAround(document, preamble),
      machine: machine === undefined ? null : readMachine(machine),
      narrative: sections.filter((section) => section !== machine),
    },
    unplaced,
  };
}

function readMachine({ heading, text, lines }: LedgerSection): MachineDerived {
  const asOf = /^[*_]([^*_]{1,300})[*_][ \t]*$/m.exec(text)?.[1] ?? "";
  const bullets = bulletsOf(text);
  const named = (pattern: RegExp) => bullets.find((bullet) => pattern.test(bullet.slice(0, 60))) ?? "";
  return {
    heading,
    asOf,
    openDecisions: uniqueIdentifiers(behindLabel(named(/decisions?\b/i))),
    openRows: uniqueIdentifiers(behindLabel(named(/security|rows?\b/i))),
    numbers: readNumberStatements(behindLabel(named(/next-free|numbers?\b/i))),
    text,
    lines,
  };
}

function bulletsOf(text: string): string[] {
  const bullets: string[][] = [];
  for (const line of text.split("\n")) {
    if (/^[-*+] /.test(line)) bullets.push([line.slice(2)]);
    else if (line.trim() !== "") bullets.at(-1)?.push(line);
  }
  return bullets.map(unwrap);
}

const behindLabel = (bullet: string) => bullet.slice(bullet.indexOf(":") + 1);

/** The machine-derived section from what is true now. */
export function writeMachineDerived(facts: {
  heading: string;
  asOf: string;
  openDecisions: readonly string[];
  openRows: readonly string[];
  /** Next free number of each series, in the order to print. */
  nextFree: readonly { series: string; digits: string }[];
}): string {
  const list = (ids: readonly string[]) => (ids.length === 0 ? "none" : ids.join(", "));
  return [
    `## ${facts.heading}`,
    "",
    `*${facts.asOf}*`,
    "",
    `- PROPOSED/OPEN decisions: ${list(facts.openDecisions)}`,
    `- OPEN security rows: ${list(facts.openRows)}`,
    `- Next-free numbers: ${facts.nextFree.map(({ series, digits }) => `${series} = ${digits}`).join(", ")}`,
  ].join("\n");
}

/** The ledger in its native form, with this text as the machine-derived section. */
export function writeSessionLedger(ledger: SessionLedger, machine: string | null): string {
  const parts = [
    `# ${ledger.title}`,
    ...(ledger.preamble === "" ? [] : [ledger.preamble]),
    ...(machine === null ? [] : [`---\n\n${machine}`]),
    ...ledger.narrative.map(({ heading, level, text }) =>
      `${"#".repeat(level)} ${heading}\n\n${text}`.trimEnd(),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** A sentence of the narrative that calls something closed. */
export interface ClosedClaim {
  id: string;
  words: string;
  line: number;
}

/** Identifiers that a narrative calls CLOSED, sentence by sentence. "not closed" and "until closed" claim nothing. */
export function closedClaims(section: LedgerSection): ClosedClaim[] {
  const claims: ClosedClaim[] = [];
  let line = section.lines.first;
  for (const words of section.text.split("\n")) {
    line += 1;
    for (const sentence of words.split(/(?<=[.;]) /)) {
      if (
        !/\bCLOSED\b|\bis (?:now )?closed\b/.test(sentence) ||
        /\b(?:not|until|when|if|before)\b[^.;]{0,30}\bclosed\b/i.test(sentence)
      )
        continue;
      for (const { id } of identifiersIn(sentence)) claims.push({ id, words: sentence.trim(), line });
    }
  }
  return claims;
}
