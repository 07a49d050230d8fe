import { partsOf } from "../text/identifiers.ts";
import { readPlain } from "../read.ts";
import { lineAt, lineEndOf, rangeOf } from "../source/source.ts";
import { type MachineDerived, writeMachineDerived, writeSessionLedger } from "./session.ts";

/** What the registers say when a session ledger is given back. */
export interface ScanFacts {
  /** ISO date. */
  day: string;
  /** Decisions that wait for a ruling, by code; null where the console has no decision log. */
  openDecisions: readonly string[] | null;
  /** Rows of security ledgers that are not closed, by code; null where the console has no such ledger. */
  openRows: readonly string[] | null;
  /** Next free number of each series that the console knows, as written: `DOCFIX-088`. */
  nextFree: readonly string[];
}

const SOURCE = "from the console's registers";
const HEADING = `Machine-derived (${SOURCE}; do not hand-edit)`;
/** Series that a section names where nobody has chosen any. */
const USUAL = ["D", "DOCFIX", "BUNDLEFIX"];

/**
 * A session ledger with its machine-derived section as the registers are now. While they say what it says, not a byte
 * changes; else the section is made again under its own heading, and nothing outside of it changes. What the console has
 * no register of stays as the document has it.
 */
export function reseeded({ path, text }: { path: string; text: string }, facts: ScanFacts): string {
  const { content, text: read } = readPlain(text, path);
  if (content.kind !== "session_ledger" || content.ledger.machine === null) return text;
  const { machine } = content.ledger;
  const now = scanOf(machine, facts);
  if (isSame(machine, now)) return text;
  const { source } = read;
  let { last } = machine.lines;
  while (last > machine.lines.first && lineAt(source, last - 1).trim() === "") last -= 1;
  const { from, to } = rangeOf(source, machine.lines.first, last);
  const end = lineEndOf(source);
  const tail = /[\r\n]$/.test(text.slice(from, to)) ? end : "";
  const written = writeMachineDerived({
    ...now,
    heading: machine.heading,
    asOf: `As of ${facts.day}, ${SOURCE}.`,
  });
  return text.slice(0, from) + written.split("\n").join(end) + tail + text.slice(to);
}

/** The same, with a section of its own for a ledger that has none: before its first narrative section. */
export function seeded(document: { path: string; text: string }, facts: ScanFacts): string {
  const { content, text: read } = readPlain(document.text, document.path);
  if (content.kind !== "session_ledger" || content.ledger.machine !== null) return reseeded(document, facts);
  const [first] = content.ledger.narrative;
  const { text } = document;
  const at =
    first === undefined ? text.length : rangeOf(read.source, first.lines.first, first.lines.first).from;
  const end = lineEndOf(read.source);
  const before = text.slice(0, at);
  const gap = before === "" || /(?:\r\n|\r|\n){2}$/.test(before) ? "" : end;
  const section = `${firstSection(facts)}\n\n`.split("\n").join(end);
  return before + (/[\r\n]$/.test(before) || before === "" ? gap : end + end) + section + text.slice(at);
}

/** A ledger for registers that have none: its section, and one line for everything that is open. */
export function newSessionLedger(facts: ScanFacts, open: readonly { code: string; title: string }[]): string {
  const lines = open.map(({ code, title }) => `- ${code} -- ${title}`);
  return writeSessionLedger(
    {
      title: "Session ledger -- in-flight work continuity record",
      preamble: "**Purpose.** What is still open, across sessions.",
      machine: null,
      narrative: [
        {
          heading: "Open",
          level: 2,
          text: lines.length === 0 ? "Nothing is open." : lines.join("\n"),
          lines: { first: 1, last: 1 },
        },
      ],
    },
    firstSection(facts),
  );
}

function firstSection(facts: ScanFacts): string {
  const none = { openDecisions: [], openRows: [], numbers: [] };
  return writeMachineDerived({
    ...scanOf(none, facts),
    heading: HEADING,
    asOf: `As of ${facts.day}, ${SOURCE}.`,
  });
}

interface Scan {
  openDecisions: readonly string[];
  openRows: readonly string[];
  nextFree: readonly { series: string; digits: string }[];
}

function scanOf(
  said: Pick<MachineDerived, "openDecisions" | "openRows" | "numbers">,
  facts: ScanFacts,
): Scan {
  const known = new Map(facts.nextFree.map((id) => [partsOf(id).series, partsOf(id).digits]));
  const named = said.numbers.filter(({ claim }) => claim === "next_free").map(({ id }) => partsOf(id));
  const wanted =
    named.length > 0 ? named : USUAL.flatMap((series) => (known.has(series) ? [{ series, digits: "" }] : []));
  return {
    openDecisions: facts.openDecisions ?? said.openDecisions,
    openRows: facts.openRows ?? said.openRows,
    nextFree: wanted.map(({ series, digits }) => ({ series, digits: known.get(series) ?? digits })),
  };
}

function isSame(said: MachineDerived, now: Scan): boolean {
  const numbers = said.numbers.filter(({ claim }) => claim === "next_free").map(({ id }) => id);
  return (
    isSameSet(said.openDecisions, now.openDecisions) &&
    isSameSet(said.openRows, now.openRows) &&
    isSameSet(
      numbers,
      now.nextFree.map(({ series, digits }) => `${series}-${digits}`),
    )
  );
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && new Set([...one, ...other]).size === one.length;
