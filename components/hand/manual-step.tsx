import { KeyValueList, type KeyValueRow } from "#components/ui/key-value.tsx";
import { VisibleLines, VisibleText } from "#components/ui/visible-text.tsx";
import { ASSIGNEE_WORDS, manualSchema } from "#server/domain/hand/schema.ts";
import type { Json } from "#server/domain/canonical/json.ts";

/** What a person will do at a step, whole: the instructions, for whom it is, and what is asked for. */
export function ManualStep({ stepId, parameters }: { stepId: string; parameters: Json }) {
  const parsed = manualSchema.safeParse(parameters);
  if (!parsed.success) return null;
  const { instructions, assignee, differs, evidence } = parsed.data;
  const rows: KeyValueRow[] = [
    { key: "For", value: ASSIGNEE_WORDS[assignee] },
    ...(differs.length === 0 ? [] : [{ key: "Not the same person as", value: differs.join(", ") }]),
    ...Object.entries(evidence).map(([name, { kind, asks }]) => ({
      key: kind === "file" ? `File ${name}` : `Text ${name}`,
      value: <VisibleText>{asks}</VisibleText>,
    })),
  ];
  return (
    <div className="grid gap-2">
      <Instructions text={instructions} label={`Instructions of step ${stepId}`} />
      <KeyValueList rows={rows} className="text-small" />
    </div>
  );
}

/** Instructions as they stand, line by line. */
export function Instructions({ text, label }: { text: string; label: string }) {
  return (
    <section
      aria-label={label}
      className="max-w-[70ch] rounded-md border border-line bg-raised px-3 py-2 whitespace-pre-wrap wrap-anywhere"
    >
      <VisibleLines>{text.trimEnd()}</VisibleLines>
    </section>
  );
}
