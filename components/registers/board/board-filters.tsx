"use client";

import { Search } from "lucide-react";
import { KIND_WORDS, STATE_WORDS } from "#components/registers/words.ts";
import { InputWithGlyph } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Select, type SelectOption } from "#components/ui/select.tsx";
import { FilterChip, Toolbar } from "#components/ui/toolbar.tsx";
import { ITEM_GROUPS, ITEM_KINDS_SHOWN, ITEM_STATES_SHOWN } from "#server/domain/item/choices.ts";
import type { RecordKind } from "#server/domain/register/record.ts";
import { AGE_WORDS, DUE_WORDS, FRESH_WORDS, LINKED_WORDS } from "./filter-words.ts";
import type { Facets } from "./board-data.ts";
import type { ListParams } from "./list-params.ts";

type Change = (params: Partial<{ [K in keyof ListParams]: ListParams[K] | null }>) => void;
type FiltersProps = { params: ListParams; facets: Facets; change: Change };

const GROUP_WORDS = { kind: "Kind", state: "State", owner: "Owner", document: "Document" } as const;
const SHOWN = [
  { value: "open", label: "Open" },
  { value: "closed", label: "Closed" },
  { value: "all", label: "All" },
] as const;

const counted = (counts: Facets["counts"]["kind"], value: string) =>
  counts.find((one) => one.value === value)?.count ?? 0;

/** The filters that are offered: search, open or closed, kinds, and choices by select. */
export function BoardFilters({ params, facets, change }: FiltersProps) {
  const { counts, people, documents } = facets;
  const kinds = ITEM_KINDS_SHOWN.filter(
    (kind) => counted(counts.kind, kind) > 0 || params.kind.includes(kind),
  );
  const states = ITEM_STATES_SHOWN.filter(
    (state) => counted(counts.state, state) > 0 || params.state.includes(state),
  );
  const owners: SelectOption[] = people
    .filter(({ id }) => counted(counts.owner, id) > 0 || id === params.owner)
    .map(({ id, name }) => ({ value: id, label: `${name} (${counted(counts.owner, id)})` }));
  return (
    <>
      <Toolbar
        label="Which items"
        end={
          <Select
            aria-label="Group by"
            value={params.group ?? ""}
            onChange={({ target }) =>
              change({ group: ITEM_GROUPS.find((group) => group === target.value) ?? null })
            }
            options={[
              { value: "", label: "No groups" },
              ...ITEM_GROUPS.map((value) => ({ value, label: `By ${GROUP_WORDS[value].toLowerCase()}` })),
            ]}
          />
        }
      >
        <InputWithGlyph
          type="search"
          aria-label="Search the items' words"
          placeholder="Search all words"
          data-search-field=""
          glyph={<Search />}
          after={<Kbd keys="/" />}
          className="w-full sm:w-64"
          maxLength={200}
          value={params.q}
          onChange={({ target }) => change({ q: target.value === "" ? null : target.value })}
        />
        {SHOWN.map(({ value, label }) => (
          <FilterChip
            key={value}
            label={label}
            pressed={params.show === value}
            onPressedChange={() => change({ show: value })}
          />
        ))}
        <Select
          aria-label="State"
          value={params.state[0] ?? ""}
          onChange={({ target }) =>
            change({ state: ITEM_STATES_SHOWN.filter((state) => state === target.value) })
          }
          options={[
            { value: "", label: "Any state" },
            ...states.map((state) => ({
              value: state,
              label: `${STATE_WORDS[state].word} (${counted(counts.state, state)})`,
            })),
          ]}
        />
        <Select
          aria-label="Owner"
          value={params.owner ?? ""}
          onChange={({ target }) => change({ owner: target.value === "" ? null : target.value })}
          options={[
            { value: "", label: "Any owner" },
            { value: "nobody", label: `Nobody (${counted(counts.owner, "")})` },
            ...owners,
          ]}
        />
        <Select
          aria-label="Due"
          value={params.due ?? ""}
          onChange={({ target }) => change({ due: readKey(DUE_WORDS, target.value) })}
          options={[{ value: "", label: "Any date" }, ...optionsOf(DUE_WORDS)]}
        />
        {documents.length > 1 && (
          <Select
            aria-label="Document"
            value={params.document ?? ""}
            onChange={({ target }) => change({ document: target.value === "" ? null : target.value })}
            className="max-w-48"
            options={[
              { value: "", label: "Any document" },
              ...documents.map(({ id, path }) => ({
                value: id,
                label: `${path} (${counted(counts.document, id)})`,
              })),
            ]}
          />
        )}
      </Toolbar>
      <KindChips params={params} kinds={kinds} counts={counts} change={change} />
    </>
  );
}

type ChipsProps = Pick<FiltersProps, "params" | "change"> & {
  kinds: readonly RecordKind[];
  counts: Facets["counts"];
};

/** One line to be pushed sideways where there is little room. */
function KindChips({ params, kinds, counts, change }: ChipsProps) {
  return (
    <div className="max-md:overflow-x-auto max-md:[&>div]:flex-nowrap">
      <Toolbar label="Kinds">
        {kinds.map((kind) => (
          <FilterChip
            key={kind}
            label={KIND_WORDS[kind].many}
            count={counted(counts.kind, kind)}
            pressed={params.kind.includes(kind)}
            onPressedChange={(pressed) =>
              change({ kind: pressed ? [...params.kind, kind] : params.kind.filter((one) => one !== kind) })
            }
          />
        ))}
        {optionsOf(LINKED_WORDS).map(({ value, label }) => (
          <FilterChip
            key={value}
            label={label}
            pressed={params.linked === value}
            onPressedChange={(pressed) => change({ linked: pressed ? readKey(LINKED_WORDS, value) : null })}
          />
        ))}
        <AddedChips params={params} change={change} />
      </Toolbar>
    </div>
  );
}

/** Filters that came with a link and are not offered otherwise: each can be taken away. */
function AddedChips({ params, change }: Omit<FiltersProps, "facets">) {
  const added = [
    params.waits === null ? null : { label: `Waits for ${params.waits}`, without: { waits: null } },
    params.age === null ? null : { label: AGE_WORDS[params.age], without: { age: null } },
    params.fresh === null ? null : { label: FRESH_WORDS[params.fresh], without: { fresh: null } },
    params.on === null ? null : { label: `Open on ${params.on}`, without: { on: null } },
  ].filter((one) => one !== null);
  return added.map(({ label, without }) => (
    <FilterChip key={label} label={label} pressed removable onPressedChange={() => change(without)} />
  ));
}

function optionsOf<K extends string>(words: Record<K, string>): { value: string; label: string }[] {
  return Object.entries<string>(words).map(([value, label]) => ({ value, label }));
}

function readKey<K extends string>(words: Record<K, string>, value: string): K | null {
  const isKey = (key: string): key is K => Object.hasOwn(words, key);
  return isKey(value) ? value : null;
}
