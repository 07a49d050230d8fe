import {
  createLoader,
  createParser,
  createSerializer,
  type inferParserType,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import {
  AGES,
  DUE,
  FRESHNESS,
  isDay,
  isItemCode,
  isUuid,
  ITEM_GROUPS,
  ITEM_KINDS_SHOWN,
  ITEM_SORTS,
  ITEM_STATES_SHOWN,
  LINKED,
  NO_ITEM_FILTER,
  SHOWN,
} from "#server/domain/item/choices.ts";
import { type ItemFilter, type ItemList } from "#server/domain/item/schema.ts";

/** A text that the filter takes; anything else in an address is as if it were not there. */
const textOf = (isTaken: (text: string) => boolean) =>
  createParser({
    parse: (text) => (isTaken(text) ? text : null),
    serialize: (text: string) => text,
  });

/** Everything that the board shows is in its address: which items, in which order, and the one that is open. */
export const listParsers = {
  show: parseAsStringLiteral(SHOWN).withDefault("open"),
  kind: parseAsArrayOf(parseAsStringLiteral(ITEM_KINDS_SHOWN)).withDefault([]),
  state: parseAsArrayOf(parseAsStringLiteral(ITEM_STATES_SHOWN)).withDefault([]),
  owner: textOf((text) => text === "nobody" || isUuid(text)),
  due: parseAsStringLiteral(DUE),
  document: textOf(isUuid),
  linked: parseAsStringLiteral(LINKED),
  waits: textOf(isItemCode),
  age: parseAsStringLiteral(AGES),
  fresh: parseAsStringLiteral(FRESHNESS),
  on: textOf(isDay),
  q: parseAsString.withDefault(""),
  sort: parseAsStringLiteral(ITEM_SORTS).withDefault("code"),
  down: parseAsBoolean.withDefault(false),
  group: parseAsStringLiteral(ITEM_GROUPS),
  item: textOf(isUuid),
};
export type ListParams = inferParserType<typeof listParsers>;

export const loadListParams = createLoader(listParsers);
const serialize = createSerializer(listParsers);

const TEXT_MAX = 200;

/** The list that an address asks for. */
export function listOf(params: ListParams): ItemList {
  const { show, kind, state, owner, due, document, linked, waits, age, fresh, on, q, sort, down, group } =
    params;
  return {
    filter: {
      show,
      kinds: [...new Set(kind)].slice(0, ITEM_KINDS_SHOWN.length),
      states: [...new Set(state)].slice(0, ITEM_STATES_SHOWN.length),
      owner,
      due,
      document,
      linked,
      waitsFor: waits,
      age,
      fresh,
      openOn: on,
      text: q.slice(0, TEXT_MAX),
    },
    sort,
    descending: down,
    group,
  };
}

/** The address of a board; what is left out is as on a board that nobody has changed. */
export function boardHref(of: Partial<{ [K in keyof ListParams]: ListParams[K] | null }>): string {
  return serialize("/registers/items", of);
}

/** The query of an address without the item that happens to be open, as a view keeps it. */
export function viewQuery(params: ListParams): string {
  return boardHref({ ...params, item: null }).split("?")[1] ?? "";
}

/** Whether anything narrows the list beyond what a board begins with. */
export function isNarrowed(filter: ItemFilter): boolean {
  return JSON.stringify(filter) !== JSON.stringify(NO_ITEM_FILTER);
}
