import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Evidence } from "#server/domain/register/lifecycle/move-schema.ts";

export const NO_EVIDENCE: Evidence = { kind: "attestation", id: "" };

const KINDS = [
  { value: "attestation", label: "My own word" },
  { value: "job", label: "A job that succeeded" },
  { value: "document", label: "A document" },
] as const;

const LABELS: Record<Evidence["kind"], string> = {
  attestation: "What I saw or did",
  job: "Number of the job",
  document: "Path of the document",
};

/** What shows that something is so. */
export function EvidenceFields({
  value,
  onChange,
}: {
  value: Evidence;
  onChange: (value: Evidence) => void;
}) {
  const set = (id: string) => onChange({ ...value, id });
  return (
    <div className="grid gap-3">
      <Field label="Shown by">
        {(control) => (
          <Select
            {...control}
            options={KINDS}
            value={value.kind}
            onChange={(event) => {
              const kind = KINDS.find((one) => one.value === event.currentTarget.value)?.value;
              onChange({ kind: kind ?? "attestation", id: "" });
            }}
          />
        )}
      </Field>
      <Field label={LABELS[value.kind]}>
        {(control) =>
          value.kind === "attestation" ? (
            <Textarea {...control} value={value.id} onChange={(event) => set(event.currentTarget.value)} />
          ) : (
            <Input {...control} value={value.id} onChange={(event) => set(event.currentTarget.value)} />
          )
        }
      </Field>
    </div>
  );
}
