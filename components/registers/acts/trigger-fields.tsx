import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { ROLE_WORDS, ROLES } from "#server/domain/person/states.ts";
import type { TriggerInput } from "#server/domain/register/lifecycle/trigger-schema.ts";

/** A trigger while it is being written. */
export interface TriggerDraft {
  kind: TriggerInput["kind"];
  text: string;
  role: (typeof ROLES)[number];
}

export const NO_TRIGGER: TriggerDraft = { kind: "date", text: "", role: "operator" };

const KINDS = [
  { value: "date", label: "On a day" },
  { value: "item_closed", label: "When an item is closed" },
  { value: "decision_status", label: "When a decision is superseded" },
  { value: "check_result", label: "When a check has failed" },
  { value: "people_with_role", label: "When so many people have a role" },
  { value: "words", label: "When a person says so" },
] as const;

/** The trigger that the draft says, or null while something is missing. */
export function triggerOf({ kind, text, role }: TriggerDraft): TriggerInput | null {
  const said = text.trim();
  if (said === "") return null;
  switch (kind) {
    case "date":
      return { kind, at: said };
    case "item_closed":
      return { kind, id: said };
    case "decision_status":
      return { kind, id: said, status: "superseded" };
    case "check_result":
      return { kind, id: said, result: "failed" };
    case "people_with_role": {
      const atLeast = Number(said);
      return Number.isInteger(atLeast) && atLeast > 0 ? { kind, role, atLeast } : null;
    }
    case "words":
      return { kind, text: said };
  }
}

const LABELS: Record<TriggerDraft["kind"], string> = {
  date: "Day",
  item_closed: "Item, such as H-1",
  decision_status: "Decision, such as D-064",
  check_result: "Check, such as V-2",
  people_with_role: "How many",
  words: "In words",
};

/** What brings something back. All but words are looked at every minute. */
export function TriggerFields({
  value,
  onChange,
}: {
  value: TriggerDraft;
  onChange: (value: TriggerDraft) => void;
}) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Comes back">
        {(control) => (
          <Select
            {...control}
            options={KINDS}
            value={value.kind}
            onChange={(event) => {
              const kind = KINDS.find((one) => one.value === event.currentTarget.value)?.value ?? "date";
              onChange({ ...value, kind, text: "" });
            }}
          />
        )}
      </Field>
      <Field label={LABELS[value.kind]}>
        {(control) => (
          <Input
            {...control}
            type={value.kind === "date" ? "date" : value.kind === "people_with_role" ? "number" : "text"}
            value={value.text}
            onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
          />
        )}
      </Field>
      {value.kind === "people_with_role" && (
        <Field label="Role">
          {(control) => (
            <Select
              {...control}
              options={ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role] }))}
              value={value.role}
              onChange={(event) =>
                onChange({
                  ...value,
                  role: ROLES.find((role) => role === event.currentTarget.value) ?? "operator",
                })
              }
            />
          )}
        </Field>
      )}
    </div>
  );
}
