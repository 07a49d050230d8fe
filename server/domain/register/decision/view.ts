import { bareLabel, fieldNamed } from "../text/fields.ts";
import { identifiersIn } from "../text/identifiers.ts";
import { unwrap } from "../text/wrap.ts";
import type { Decision, DecisionLink, DecisionLinkKind, DecisionStatus, PendingGate } from "./decision.ts";

const STATUS_WORDS: readonly [DecisionStatus, RegExp][] = [
  ["proposed", /^proposed\b/i],
  ["proposed", /^(?:open|draft)\b/i],
  ["superseded", /^superseded\b/i],
  ["amended", /^amended\b/i],
  ["adopted", /^(?:adopted|accepted|ruled)\b/i],
  ["closed", /^(?:closed|discharged|done)\b/i],
  ["rejected", /^rejected\b/i],
  ["deferred", /^deferred\b/i],
];
const DATE = /\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b/;

export interface DecisionState {
  /** Null when the words say nothing known: that counts as open, never as adopted. */
  status: DecisionStatus | null;
  /** The status as written. */
  words: string;
  /** ISO date that the status names first. */
  date: string | null;
}

/** Status of a decision. One of the old form without a status was adopted when it was written. */
export function stateOf(decision: Decision): DecisionState {
  const text = fieldNamed(decision.fields, "status");
  if (text === null)
    return { status: decision.generation === "old" ? "adopted" : null, words: "", date: null };
  const words = unwrap(text.split("\n"));
  const bare = words.replace(/^[*_[ ]{1,4}/, "").slice(0, 40);
  const status = STATUS_WORDS.find(([, pattern]) => pattern.test(bare))?.[0] ?? null;
  return { status, words, date: DATE.exec(words)?.[0] ?? null };
}

const CUES: readonly [DecisionLinkKind, RegExp][] = [
  ["superseded_by", /\bsuperseded by\b/gi],
  ["supersedes", /\bsupersedes?\b/gi],
  ["amended_by", /\bamended by\b/gi],
  ["amends", /\bamends?\b/gi],
  ["reconciles", /\breconciles?\b/gi],
  ["refuted_by", /\brefuted by\b/gi],
  ["validated_by", /\bvalidated by\b/gi],
  ["discharges", /\bdischarges?\b/gi],
  ["resolves", /\bresolves?\b/gi],
  ["mechanism_in", /\bmechanism in\b/gi],
];
/** How far a verb reaches to what it names. */
const REACH = 60;

/** Words in parentheses behind a name: "D-050 (resolved by supplying the zip)". */
const BEHIND: readonly [DecisionLinkKind, RegExp][] = [
  ["reconciles", /^ \(reconciled\b/i],
  ["resolves", /^ \(resolved\b/i],
  ["supersedes", /^ \(superseded\b(?! by)/i],
  ["amends", /^ \(amended\b(?! by)/i],
  ["discharges", /^ \(discharged\b/i],
];
const WEAK: readonly DecisionLinkKind[] = ["mentions", "related"];

/** Links to other decisions and numbers: by the label of the field, by the verb before, or by being named at all. */
export function linksOf(decision: Decision): DecisionLink[] {
  const links = new Map<string, Set<DecisionLinkKind>>();
  for (const { label, text } of [{ label: "", text: decision.title }, ...decision.fields]) {
    const words = unwrap(text.split("\n"));
    const cues = cuesIn(words);
    let cue = -1;
    for (const { id, at } of identifiersIn(words)) {
      while (cue + 1 < cues.length && (cues[cue + 1]?.at ?? 0) < at) cue += 1;
      if (id === decision.id) continue;
      const near = cues[cue];
      const verb = near !== undefined && at - near.at <= REACH ? near.kind : null;
      const behind = words.slice(at + id.length, at + id.length + 20);
      const said = BEHIND.find(([, pattern]) => pattern.test(behind))?.[0] ?? null;
      const named = bareLabel(label) === "related" ? "related" : "mentions";
      links.set(id, (links.get(id) ?? new Set()).add(byLabel(label) ?? said ?? verb ?? named));
    }
  }
  return [...links].flatMap(([to, kinds]) => strongest(kinds).map((kind) => ({ kind, to })));
}

/** That something is named says nothing beside what is said of it. */
function strongest(kinds: ReadonlySet<DecisionLinkKind>): DecisionLinkKind[] {
  const strong = [...kinds].filter((kind) => !WEAK.includes(kind));
  if (strong.length > 0) return strong;
  return kinds.has("related") ? ["related"] : ["mentions"];
}

function byLabel(label: string): DecisionLinkKind | null {
  switch (bareLabel(label)) {
    case "supersedes":
      return "supersedes";
    case "superseded by":
      return "superseded_by";
    case "amends":
      return "amends";
    case "amended by":
      return "amended_by";
    case "refuted by":
      return "refuted_by";
    default:
      return null;
  }
}

function cuesIn(words: string): { kind: DecisionLinkKind; at: number }[] {
  const found = CUES.flatMap(([kind, pattern]) =>
    [...words.matchAll(pattern)].map(({ index }) => ({ kind, at: index })),
  );
  return found.sort((one, other) => one.at - other.at);
}

const GATE = /\[([A-Z][A-Z0-9 -]{0,40}PENDING[A-Z0-9 -]{0,40}|PENDING[A-Z0-9 -]{0,40})\]/g;

/** Pending gates inside a decision; one is discharged where its own sentence says so. */
export function gatesOf(decision: Decision): PendingGate[] {
  const gates = new Map<string, boolean>();
  for (const { text } of decision.fields) {
    const words = unwrap(text.split("\n"));
    for (const match of words.matchAll(GATE)) {
      const around = words.slice(Math.max(0, match.index - 80), match.index + match[0].length + 60);
      const gate = match[1] ?? "";
      gates.set(gate, (gates.get(gate) ?? false) || /\bdischarge[ds]?\b/i.test(around));
    }
  }
  return [...gates].map(([text, isDischarged]) => ({ text, isDischarged }));
}

const POINT = /^[ \t]{0,6}(?:\(?([0-9]{1,2}|[a-z])[.)])[ \t]+(.*)$/;

/** Points of a proposal that are ruled one by one, in order; empty where it is ruled as a whole. */
export function pointsOf(decision: Decision): { mark: string; text: string }[] {
  const text = decision.fields.find(({ label }) => bareLabel(label) === "proposed policy")?.text ?? "";
  const points: { mark: string; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const match = line.length < 4000 ? POINT.exec(line) : null;
    if (match !== null) points.push({ mark: match[1] ?? "", lines: [match[2] ?? ""] });
    else points.at(-1)?.lines.push(line);
  }
  return points.map(({ mark, lines }) => ({ mark, text: unwrap(lines) }));
}
