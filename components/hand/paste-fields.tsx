import { CodeBlock } from "#components/ui/code.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { VisibleScript } from "#components/ui/visible-text.tsx";
import { PASTE_MAX_BYTES } from "#server/domain/hand/schema.ts";

/** What was pasted so far: the exit code as it was typed. */
export interface PasteDraft {
  output: string;
  exit: string;
}

/** Why it cannot be handed in yet, as a sentence; null where it can. */
export function pasteProblem({ output, exit }: PasteDraft): string | null {
  if (new TextEncoder().encode(output).length > PASTE_MAX_BYTES) {
    return `The pasted output has at most ${PASTE_MAX_BYTES / 1024} KiB. It was not sent.`;
  }
  return /^\d{1,3}$/.test(exit.trim()) && Number(exit) <= 255
    ? null
    : "The exit code is a number from 0 to 255.";
}

type PasteFieldsProps = {
  stepId: string;
  script: string;
  host: string;
  draft: PasteDraft;
  onChange: (draft: PasteDraft) => void;
};

/** The text that a person runs on the host, and where its output and exit code are pasted. */
export function PasteFields({ stepId, script, host, draft, onChange }: PasteFieldsProps) {
  return (
    <>
      <CodeBlock title={`Run this on ${host}, step ${stepId}`} copyText={script} maxHeight={360}>
        <VisibleScript>{script}</VisibleScript>
      </CodeBlock>
      <Field
        label="What it printed"
        hint="All of it, without the line of the exit code. It is judged like output that the console saw, and stays marked as pasted by you."
      >
        {(control) => (
          <Textarea
            {...control}
            className="font-mono text-small"
            rows={8}
            value={draft.output}
            onChange={(event) => onChange({ ...draft, output: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Exit code" hint="The number of the last line.">
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            className="max-w-24"
            value={draft.exit}
            onChange={(event) => onChange({ ...draft, exit: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}
