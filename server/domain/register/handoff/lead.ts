import type { HandoffItem, ItemKind } from "./item.ts";

/** States that a document says in front of a title, `DONE: the title`. What a check gave is no word but a result. */
const WORDS = {
  in_progress: "IN PROGRESS",
  done: "DONE",
  deferred: "DEFERRED",
  dropped: "DROPPED",
  retired: "RETIRED",
  adopted: "ADOPTED",
  amended: "AMENDED",
  rejected: "REJECTED",
  taken_up: "TAKEN UP",
} as const;
export type LeadState = keyof typeof WORDS;

const WORK = ["in_progress", "done", "deferred", "dropped"] as const;
const LEADS: Record<ItemKind, readonly LeadState[]> = {
  H: WORK,
  D: WORK,
  C: WORK,
  V: ["retired"],
  R: ["adopted", "amended", "rejected", "deferred"],
  deferred: ["taken_up", "dropped"],
};

/** The state that stands in front of a title, where the kind has it, and the title without it. */
export function readLead({ kind, title }: Pick<HandoffItem, "kind" | "title">): {
  state: LeadState | null;
  bare: string;
} {
  const state = LEADS[kind].find((one) => title.startsWith(`${WORDS[one]}: `)) ?? null;
  return { state, bare: state === null ? title : title.slice(WORDS[state].length + 2) };
}

/** The item with this state in front of its title, in place of another; one that its kind does not say is left out. */
export function withLead(item: HandoffItem, state: string): HandoffItem {
  const { bare } = readLead(item);
  const lead = LEADS[item.kind].find((one) => one === state);
  return { ...item, title: lead === undefined ? bare : `${WORDS[lead]}: ${bare}` };
}
