import type { RecordChange } from "../compare.ts";
import type { ImportAnswers, Side } from "../import/schema.ts";
import type { ProseWords } from "./edit.ts";
import type { ProsePart } from "./parts.ts";

export interface ProseWays {
  /** Parts of what was imported last. */
  base: readonly ProsePart[];
  theirs: readonly ProsePart[];
  /** What the console made of parts of `base`, by their keys. */
  words: ProseWords;
}

const FIELD = "text";
const answerKey = (part: ProsePart) => `prose:${part.key}`;

/** A part of the last import beside the one that it is in the document now; null where the document no longer has it. */
interface Pair {
  part: ProsePart;
  partner: ProsePart | null;
  ours: string;
}

/** What differs in the own words of a document that is imported again, in the form of the changes of its records. */
export function proseChanges(ways: ProseWays): RecordChange[] {
  return pairs(ways).flatMap(({ part, partner, ours }): RecordChange[] => {
    const [base, theirs] = [part.text, partner?.text ?? null];
    if (base === theirs && base === ours) return [];
    const side = theirs === ours ? "both" : base === theirs ? "ours" : base === ours ? "theirs" : "conflict";
    const change = theirs === null ? "removed" : "changed";
    const fields = [{ field: FIELD, side, base, theirs, ours } as const];
    return [{ code: part.title, key: answerKey(part), change, side, fields }];
  });
}

/** Parts that both have, and those that were edited here and are gone. What a machine writes is not compared. */
function pairs({ base, theirs, words }: ProseWays): Pair[] {
  const byKey = new Map(theirs.map((part) => [part.key, part]));
  const byText = Map.groupBy(theirs, ({ text }) => text);
  const byHead = Map.groupBy(theirs, headOf);
  const only = (parts: readonly ProsePart[] | undefined) => (parts?.length === 1 ? (parts[0] ?? null) : null);
  return base.flatMap((part): Pair[] => {
    if (part.isMachines) return [];
    const edited = words.get(part.key);
    const same = byKey.get(part.key) ?? null;
    if (edited === undefined) return same === null ? [] : [{ part, partner: same, ours: part.text }];
    // It may stand before another record now, so its words and its heading say more than its place.
    const isIt = same !== null && (same.text === part.text || same.text === edited);
    const partner = isIt
      ? same
      : (only(byText.get(part.text)) ?? only(byText.get(edited)) ?? only(byHead.get(headOf(part))) ?? same);
    return [{ part, partner, ours: edited }];
  });
}

const headOf = ({ text }: ProsePart): string => text.split("\n", 1)[0] ?? "";

export interface ProsePlan {
  /** What the console goes on saying in the place of the new document's words, by the keys of its parts. */
  words: Map<string, string>;
  /** Titles of parts on which a person has to say something first. */
  unanswered: string[];
  /** Titles of parts that the console was to keep and that have no place any more. */
  gone: string[];
}

/** What becomes of the own words of a document with these answers. */
export function planProse(ways: ProseWays, answers: ImportAnswers): ProsePlan {
  const plan: ProsePlan = { words: new Map(), unanswered: [], gone: [] };
  for (const { part, partner, ours } of pairs(ways)) {
    const said = answerOf(answers, part) ?? usual(ways, { part, partner, ours }, answers);
    if (said === null) plan.unanswered.push(part.title);
    else if (said === "ours" && partner === null) plan.gone.push(part.title);
    else if (said === "ours" && partner !== null && partner.text !== ours) plan.words.set(partner.key, ours);
  }
  return plan;
}

function answerOf(answers: ImportAnswers, part: ProsePart): Side | undefined {
  const own = answers.records?.[answerKey(part)];
  return typeof own === "string" ? own : own?.[FIELD];
}

function usual({ words }: ProseWays, { part, partner, ours }: Pair, answers: ImportAnswers): Side | null {
  if (!words.has(part.key) || partner?.text === ours) return "theirs";
  if (partner === null) return answers.removed ?? null;
  return partner.text === part.text ? "ours" : (answers.conflicts ?? null);
}
