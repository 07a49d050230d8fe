import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { REASON_MAX_BYTES } from "#server/domain/job/limits.ts";

type ReasonFieldProps = {
  value: string;
  onChange: (reason: string) => void;
  /** Who reads it, or what it has to say. */
  hint?: string;
  error?: string | null;
};

/** Why something is asked for or decided: it goes on record with the name of whoever gives it. */
export function ReasonField({ value, onChange, hint, error = null }: ReasonFieldProps) {
  return (
    <Field label="Reason" error={error} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <Textarea
          {...control}
          value={value}
          maxLength={REASON_MAX_BYTES}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
