import * as z from "zod";
import { ITEM_KINDS, type HandoffItem, type HandoffRegister, type ItemPart, TEXT_LABELS } from "./item.ts";
import { oneLine } from "../text/wrap.ts";

/** Texts of a register that comes as JSON; far above what a person writes, far below what a document may hold. */
const text = z.string().max(200_000);
const nullableText = text.nullish().transform((value) => value ?? null);

const partSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), label: z.enum(TEXT_LABELS).nullable(), text }),
  z.object({
    kind: z.literal("block"),
    label: z.enum(["CHECK", "RUN"]),
    note: nullableText,
    host: nullableText,
    language: text,
    script: nullableText,
  }),
]);

const itemSchema = z.object({
  id: z.string().regex(/^(?:[HVRC]-[0-9]{1,4}[a-z]?|D-[0-9]{1,2}[a-z]?|deferred-[0-9]{1,7})$/),
  kind: z.enum(ITEM_KINDS),
  refs: z.array(z.string().max(100)).max(100).optional(),
  refsText: text.nullish(),
  title: text.min(1),
  trigger: text.nullish(),
  section: z.int().min(0).optional(),
  parts: z.array(partSchema).max(1000).optional(),
  body: text.optional(),
  fix: nullableText,
  accept: z.array(text).max(1000).optional(),
  ruleOnResult: nullableText,
  check: z
    .object({ host: nullableText, note: nullableText, language: text.optional(), script: nullableText })
    .nullish(),
});
type ItemInput = z.infer<typeof itemSchema>;

const sectionSchema = z.object({
  number: z.string().max(10).nullable(),
  title: text,
  kind: z.enum([...ITEM_KINDS, "other"]),
});

/** What `import --json` prints, as far as a register is made from it; a bare list of items will do. */
export const registerSchema = z.union([
  z
    .array(itemSchema)
    .max(200_000)
    .transform((items) => ({ register: null, items })),
  z.object({
    register: z
      .object({
        title: text,
        snapshot: nullableText,
        numbering: nullableText,
        conventions: nullableText,
        sections: z.array(sectionSchema).max(1000),
      })
      .nullish()
      .transform((value) => value ?? null),
    items: z.array(itemSchema).max(200_000),
  }),
]);

const DEFAULT_SECTIONS = [
  { number: "1", title: "Immediate", kind: "H" },
  { number: "2", title: "Verify-live queue", kind: "V" },
  { number: "3", title: "Operator rulings pending", kind: "R" },
  { number: "4", title: "The deploy path", kind: "D" },
  { number: "5", title: "Close checklist", kind: "C" },
  { number: "6", title: "Deferred, with explicit revisit triggers", kind: "deferred" },
] as const;

/** A register from parsed JSON. Items without a section of their own go into the one of their kind. */
export function registerFromInput({ register, items }: z.infer<typeof registerSchema>): HandoffRegister {
  const own = register?.sections ?? [];
  const sections = own.length > 0 ? own : [...DEFAULT_SECTIONS];
  const placed = items.map((input) => {
    const byKind = sections.findIndex(({ kind }) => kind === input.kind);
    const isThere = own.length > 0 && input.section !== undefined && input.section < sections.length;
    return { at: isThere ? (input.section ?? 0) : Math.max(0, byKind), item: itemFromInput(input) };
  });
  const bySection = Map.groupBy(placed, ({ at }) => at);
  return {
    title: oneLine(register?.title ?? "Handoff -- open items register"),
    snapshot: register?.snapshot ?? null,
    numbering: register?.numbering ?? null,
    conventions: register?.conventions ?? null,
    sections: sections.map((section, at) => ({
      ...section,
      items: (bySection.get(at) ?? []).map(({ item }) => item),
    })),
  };
}

function itemFromInput(input: ItemInput): HandoffItem {
  const { id, kind } = input;
  const hasHead = kind !== "C" && kind !== "deferred";
  const refs = input.refsText ?? (hasHead && input.refs !== undefined ? input.refs.join(", ") : null);
  return {
    id,
    kind,
    refsText: refs === null || refs === "" || !hasHead ? null : oneLine(refs),
    title: oneLine(input.title),
    trigger:
      kind === "deferred" && input.trigger !== null && input.trigger !== undefined
        ? oneLine(input.trigger)
        : null,
    parts: input.parts ?? partsFromInput(input),
  };
}

function partsFromInput(input: ItemInput): ItemPart[] {
  const parts: ItemPart[] = [];
  const add = (label: (typeof TEXT_LABELS)[number] | null, words: string | null | undefined) => {
    if (words !== null && words !== undefined && words.trim() !== "")
      parts.push({ kind: "text", label, text: words.trim() });
  };
  add(null, input.body);
  if (input.check !== null && input.check !== undefined) {
    const { host, note, language, script } = input.check;
    parts.push({ kind: "block", label: "CHECK", note, host, language: language ?? "bash", script });
  }
  add("FIX", input.fix);
  add("ACCEPT", (input.accept ?? []).length === 0 ? null : `${(input.accept ?? []).join("; ")}.`);
  add("RULE ON RESULT", input.ruleOnResult);
  if (input.kind !== "deferred") add("TRIGGER", input.trigger);
  return parts;
}
