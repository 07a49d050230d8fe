import { createLoader, createParser, createSerializer, parseAsStringLiteral } from "nuqs/server";

const NUMBER_MAX = 2 ** 31 - 1;

const parseJobNumber = createParser({
  parse: (text) => (/^[1-9]\d{0,9}$/.test(text) && Number(text) <= NUMBER_MAX ? Number(text) : null),
  serialize: String,
});

/** The state of the jobs list that its address holds. */
export const listParsers = {
  filter: parseAsStringLiteral(["all", "open", "finished"] as const).withDefault("all"),
  /** Only jobs with a smaller number. */
  before: parseJobNumber,
};

export const loadListParams = createLoader(listParsers);

const serialize = createSerializer(listParsers);

/** The address of the jobs list in a state. */
export function listHref(state: { filter: string; before: number | null }): string {
  const filter = listParsers.filter.parse(state.filter);
  return serialize("/jobs", { filter, before: state.before });
}
