import { KIND_WORDS, STATE_WORDS } from "#components/registers/words.ts";
import { ITEM_KINDS_SHOWN, ITEM_STATES_SHOWN, type ItemGroup } from "#server/domain/item/choices.ts";
import type { Facets } from "./board-data.ts";
import { boardHref, type ListParams } from "./list-params.ts";

/** What a value of a group is called. */
export function groupWord(by: ItemGroup, value: string, { people, documents }: Facets): string {
  switch (by) {
    case "kind": {
      const kind = ITEM_KINDS_SHOWN.find((one) => one === value);
      return kind === undefined ? value : KIND_WORDS[kind].many;
    }
    case "state": {
      const state = ITEM_STATES_SHOWN.find((one) => one === value);
      return state === undefined ? value : STATE_WORDS[state].word;
    }
    case "owner":
      return value === "" ? "Nobody" : (people.find(({ id }) => id === value)?.name ?? "Somebody");
    case "document":
      return documents.find(({ id }) => id === value)?.path ?? "A document";
  }
}

/** The address of the board with this group alone. */
export function groupHref(params: ListParams, by: ItemGroup, value: string): string {
  switch (by) {
    case "kind":
      return boardHref({ ...params, group: null, kind: ITEM_KINDS_SHOWN.filter((one) => one === value) });
    case "state":
      return boardHref({ ...params, group: null, state: ITEM_STATES_SHOWN.filter((one) => one === value) });
    case "owner":
      return boardHref({ ...params, group: null, owner: value === "" ? "nobody" : value });
    case "document":
      return boardHref({ ...params, group: null, document: value });
  }
}
