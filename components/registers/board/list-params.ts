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
import * as z from "zod";
import {
  AGES,
  DUE,
  FRESHNESS,
  ITEM_GROUPS,
  ITEM_KINDS_SHOWN,
  ITEM_SORTS,
  ITEM_STATES_SHOWN,
  itemFilterSchema,
  type ItemFilter,
  type ItemList,
  LINKED,
  NO_ITEM_FILTER,
  SHOWN,
} from "#server/domain/item/schema.ts";

const fields = itemFilterSchema.shape;

/** A text that the field of the filter takes; anything else in an address is as if it were not there. */
const textOf = (schema: z.ZodType<string | null>) =>
  createParser({
    parse: (text) => schema.safeParse(text).data ?? null,
    serialize: (text: string) => text,
  });
const uuid = z.uuid();

/** Everything that the board shows is in its address: which items, in which order, and the one that is open. */
export const listParsers = {
  show: parseAsStringLiteral(SHOWN).withDefault("open"),
  kind: parseAsArrayOf(parseAsStringLiteral(ITEM_KINDS_SHOWN)).withDefault([]),
  state: parseAsArrayOf(parseAsStringLiteral(ITEM_STATES_SHOWN)).withDefault([]),
  owner: textOf(fields.owner),
  due: parseAsStringLiteral(DUE),
  document: textOf(fields.document),
  linked: parseAsStringLiteral(LINKED),
  waits: textOf(fields.waitsFor),
  age: parseAsStringLiteral(AGES),
  fresh: parseAsStringLiteral(FRESHNESS),
  on: textOf(fields.openOn),
  q: parseAsString.withDefault(""),
  sort: parseAsStringLiteral(ITEM_SORTS).withDefault("code"),
  down: parseAsBoolean.withDefault(false),
  group: parseAsStringLiteral(ITEM_GROUPS),
  item: createParser({
    parse: (text) => (uuid.safeParse(text).success ? text : null),
    serialize: (id: string) => id,
  }),
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
