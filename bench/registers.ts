import { performance } from "node:perf_hooks";
import { connect } from "#db/client.ts";
import { ownerUrl } from "#e2e/console.ts";
import { seedItems } from "#e2e/items.ts";
import { NO_ITEM_FILTER } from "#server/domain/item/choices.ts";
import type { ItemCursor, ItemFilter, ItemList } from "#server/domain/item/schema.ts";
import { listItems } from "#server/services/item/list.ts";
import { outlineItems } from "#server/services/item/outline.ts";
import { type Figure, percentile } from "./figure.ts";

const ITEMS = 100_000;
const ROUNDS = 8;

const list = (filter: Partial<ItemFilter>, of: Partial<ItemList> = {}): ItemList => ({
  filter: { ...NO_ITEM_FILTER, ...filter },
  sort: "code",
  descending: false,
  group: null,
  ...of,
});

const LISTS: readonly ItemList[] = [
  list({}),
  list({ show: "all" }, { sort: "due" }),
  list({ show: "all" }, { sort: "age", descending: true }),
  list({ kinds: ["V"] }, { sort: "due" }),
  list({ kinds: ["R"], show: "closed" }, { sort: "changed", descending: true }),
  list({ owner: "nobody" }, { sort: "due" }),
  list({ due: "overdue", kinds: ["H", "D"] }, { sort: "age" }),
  list({ states: ["passed"] }, { sort: "owner" }),
  list({}, { sort: "state" }),
  list({ show: "all" }, { group: "kind", sort: "due" }),
  list({ linked: "blocked" }),
  list({ linked: "blocking" }, { sort: "due" }),
];
const SEARCHES = [
  "brok",
  "token ledger",
  "quota pol",
  "rotate revoke meas",
  "R-5",
  "h 99",
  "zzz",
  "a",
  "evidence",
  "SEC-0",
];

/** Milliseconds that one call takes. */
async function timed(call: () => PromiseLike<unknown>): Promise<number> {
  const begun = performance.now();
  await call();
  return performance.now() - begun;
}

/**
 * Pages and searches over a hundred thousand items, as the verbs answer them, from random places of each list; beside
 * them in the same run what OFFSET and ILIKE would have taken.
 */
export async function measureRegisters({ dataDir }: { dataDir: string }): Promise<Figure[]> {
  const connection = connect(ownerUrl(dataDir), { max: 2 });
  const { db, sql } = connection;
  await seedItems(sql, ITEMS, "bench");
  const actor = {
    kind: "person",
    personId: "",
    sessionId: "",
    name: "Bench",
    email: "",
    roles: ["operator"],
  } as const;
  const ctx = { db, actor, clock: () => new Date() };
  const pages: number[] = [];
  const outlines: number[] = [];
  for (const each of LISTS) {
    let begins: ItemCursor[] = [];
    outlines.push(
      await timed(async () => {
        ({ begins } = await outlineItems(ctx, each));
      }),
    );
    for (let round = 0; round < ROUNDS; round += 1) {
      const after = begins[Math.floor((begins.length * round) / ROUNDS)] ?? null;
      pages.push(await timed(() => listItems(ctx, { ...each, after })));
    }
  }
  const searches: number[] = [];
  for (const text of SEARCHES) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const asked = list({ text, show: round % 2 === 0 ? "all" : "open" });
      searches.push(await timed(() => listItems(ctx, { ...asked, after: null })));
    }
  }
  const offsets: number[] = [];
  const likes: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    offsets.push(
      await timed(
        () =>
          sql`select id, title from item where removed_at is null order by due_on, id limit 100 offset ${round * 12_000}`,
      ),
    );
    likes.push(
      await timed(
        () =>
          sql`select id, title from item where words ilike '%token%' and words ilike '%ledger%' order by due_on, id limit 100`,
      ),
    );
  }
  await connection.close();
  const ratio = (other: readonly number[], own: readonly number[]) =>
    (percentile(other, 0.95) / percentile(own, 0.95)).toFixed(1);
  return [
    {
      name: `page of ${ITEMS} items, p95`,
      measured: percentile(pages, 0.95),
      bound: 50,
      unit: "ms",
      note: `p50 ${percentile(pages, 0.5).toFixed(0)} ms; OFFSET takes ${ratio(offsets, pages)} times that`,
    },
    {
      name: `search in ${ITEMS} items, p95`,
      measured: percentile(searches, 0.95),
      bound: 80,
      unit: "ms",
      note: `p50 ${percentile(searches, 0.5).toFixed(0)} ms; ILIKE takes ${ratio(likes, searches)} times that`,
    },
    {
      name: `outline of ${ITEMS} items, p95`,
      measured: percentile(outlines, 0.95),
      bound: 500,
      unit: "ms",
      note: `p50 ${percentile(outlines, 0.5).toFixed(0)} ms; once for each list, beside its first page`,
    },
  ];
}
