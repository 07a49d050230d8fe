import { ITEM_KINDS } from "../register/handoff/item.ts";
import { RECORD_KINDS, RECORD_STATES } from "../register/record.ts";

// What a browser chooses from: nothing here needs the library that inputs are checked with.

/** Rows of one page of a list of items. */
export const ITEM_PAGE = 100;
/** Items that one bulk edit changes at most. */
export const BULK_MAX = 500;
/** Days before its date in which an item counts as due soon, and a check as ending soon. */
export const SOON_DAYS = 7;

export const SHOWN = ["open", "closed", "all"] as const;
export const DUE = ["overdue", "soon", "none", "later"] as const;
export const LINKED = ["blocked", "blocking"] as const;
/** How long an item has been there, in days: from the first of a step to the next. */
export const AGES = ["0", "7", "30", "90", "180"] as const;
/** What a check's newest result still says. */
export const FRESHNESS = ["fresh", "ending", "stale", "failed", "risk", "never", "retired"] as const;

export const ITEM_SORTS = ["code", "age", "due", "changed", "state", "owner"] as const;
export const ITEM_GROUPS = ["kind", "state", "owner", "document"] as const;
export type ItemGroup = (typeof ITEM_GROUPS)[number];

/** A list that nothing narrows but that it is open. */
export const NO_ITEM_FILTER = {
  show: "open" as const,
  kinds: [],
  states: [],
  owner: null,
  due: null,
  document: null,
  linked: null,
  waitsFor: null,
  age: null,
  fresh: null,
  openOn: null,
  text: "",
};

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** A day that every part of the console can hold: one that there is, between 1970 and 2199. */
export function isDay(text: string): boolean {
  if (!DAY.test(text) || text < "1970-01-01" || text > "2199-12-31") return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Whether a text can be the code of an item, as an address names one. */
export const isItemCode = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9 .()_-]{0,79}$/.test(text);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** RFC 9562, section 4: versions 1 to 8 of its own variant. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Kinds that a person enters here as items of a register. */
export const NEW_ITEM_KINDS = ITEM_KINDS;

export const NEW_ITEM_PARTS = ["refs", "fix", "accept", "check", "ruleOnResult", "trigger"] as const;
export type NewItemPart = (typeof NEW_ITEM_PARTS)[number];

/** Parts that items of a kind have beside a title and a body. */
export const PARTS_OF_KIND: Record<(typeof NEW_ITEM_KINDS)[number], readonly NewItemPart[]> = {
  H: ["refs", "fix", "accept"],
  V: ["refs", "check", "accept", "ruleOnResult"],
  R: ["refs"],
  D: ["refs", "fix", "accept"],
  C: [],
  deferred: ["trigger"],
};

/** What a browser offers to choose from. */
export const ITEM_KINDS_SHOWN = RECORD_KINDS;
export const ITEM_STATES_SHOWN = RECORD_STATES;
