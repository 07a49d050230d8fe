import * as z from "zod";
import { RECORD_KINDS, RECORD_STATES } from "../register/record.ts";
import {
  AGES,
  BULK_MAX,
  DUE,
  FRESHNESS,
  isDay,
  isItemCode,
  ITEM_GROUPS,
  ITEM_SORTS,
  LINKED,
  NEW_ITEM_KINDS,
  SHOWN,
} from "./choices.ts";

/** A day that every part of the console can hold. */
export const daySchema = z.string().refine(isDay, "Say a day between 1970 and 2199.");

const codeSchema = z.string().refine(isItemCode);

/** Which items are looked at; what is null or empty narrows nothing. */
export const itemFilterSchema = z.strictObject({
  show: z.enum(SHOWN),
  kinds: z.array(z.enum(RECORD_KINDS)).max(RECORD_KINDS.length),
  states: z.array(z.enum(RECORD_STATES)).max(RECORD_STATES.length),
  /** A person, or `nobody`. */
  owner: z.union([z.uuid(), z.literal("nobody")]).nullable(),
  /** Of open items alone, but for `none`. */
  due: z.enum(DUE).nullable(),
  document: z.uuid().nullable(),
  linked: z.enum(LINKED).nullable(),
  /** Items that wait for what has this code. */
  waitsFor: codeSchema.nullable(),
  age: z.enum(AGES).nullable(),
  fresh: z.enum(FRESHNESS).nullable(),
  /** What was open at the end of this day, UTC. */
  openOn: daySchema.nullable(),
  text: z.string().max(200),
});
export type ItemFilter = z.output<typeof itemFilterSchema>;

/** Which items, in which order. Within groups, the orders by state and by owner are those by code. */
export const itemListSchema = z.strictObject({
  filter: itemFilterSchema,
  sort: z.enum(ITEM_SORTS),
  descending: z.boolean(),
  group: z.enum(ITEM_GROUPS).nullable(),
});
export type ItemList = z.output<typeof itemListSchema>;

/** Where a page begins: behind this row. `group` and `key` are what the row is ordered by. */
export const itemCursorSchema = z.strictObject({
  group: z.string().max(60).nullable(),
  key: z.string().max(4000),
  id: z.uuid(),
});
export type ItemCursor = z.output<typeof itemCursorSchema>;

export const itemIdSchema = z.strictObject({ itemId: z.uuid() });

/** Text that Postgres and a document can hold: no NUL, no half of a surrogate pair. */
export const keepable = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

const ownerAndDueSchema = z.strictObject({
  /** Left out: as it is. Null: nobody. */
  ownerId: z.uuid().nullable().optional(),
  /** Left out: as it is. Null: no date. */
  dueOn: daySchema.nullable().optional(),
});

export const bulkEditSchema = z.strictObject({
  items: z
    .array(z.strictObject({ itemId: z.uuid(), revision: z.int().min(1) }))
    .min(1)
    .max(BULK_MAX),
  set: ownerAndDueSchema.refine((set) => set.ownerId !== undefined || set.dueOn !== undefined, {
    message: "Say what to set: an owner or a date.",
  }),
});

const REASON_MAX = 2000;
const TEXT_MAX = 100_000;

export const editItemSchema = z.strictObject({
  itemId: z.uuid(),
  /** The revision that was on the screen. */
  revision: z.int().min(1),
  set: ownerAndDueSchema.extend({
    /** Texts by the key of their field; null takes the field out. */
    fields: z
      .record(z.string().max(200), z.string().max(TEXT_MAX).refine(keepable).nullable())
      .refine((fields) => Object.keys(fields).length <= 100)
      .optional(),
    isChange: z.boolean().optional(),
    mustDifferFrom: z.uuid().nullable().optional(),
  }),
  reason: z.string().trim().max(REASON_MAX).refine(keepable).nullable(),
});

export const savedViewSchema = z.strictObject({
  name: z.string().trim().min(1).max(80).refine(keepable),
  /** The query of the list's address, without the question mark. */
  query: z
    .string()
    .max(2000)
    .regex(/^[\x21-\x7e]*$/),
  isShared: z.boolean(),
});

const words = (most: number) => z.string().trim().max(most).refine(keepable, "This cannot be kept.");

const oneLine = (most: number) => words(most).regex(/^[^\r\n]*$/, "Say it in one line.");

/** What a person says of an item that is to be entered; "" for what it does not have. */
export const newItemSchema = z.strictObject({
  kind: z.enum(NEW_ITEM_KINDS),
  title: oneLine(300).min(1, "Say in one line what it is about."),
  /** Numbers and names that it cites, such as `D-064`. */
  refs: oneLine(200),
  body: words(20_000),
  fix: words(20_000),
  /** Points that have to hold before it closes. */
  accept: z.array(oneLine(2000).min(1, "Say what has to hold, or leave the point out.")).max(30),
  /** A read-only script, and the host on which it runs. */
  check: z.strictObject({ host: oneLine(80), script: words(20_000) }).nullable(),
  ruleOnResult: words(20_000),
  /** What brings a deferred item back. */
  trigger: oneLine(300),
});
export type NewItem = z.output<typeof newItemSchema>;
