import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { ROLE_WORDS, ROLES } from "#server/domain/person/states.ts";
import { type RuleChoices, RuleScope } from "./rule-scope.tsx";
import type { Rule } from "#server/domain/rule/rule.ts";
import { APPROVERS_MAX } from "#server/domain/rule/limits.ts";

const COUNTS = Array.from({ length: APPROVERS_MAX + 1 }, (_, n) => ({ value: String(n), label: String(n) }));
const WORKDAYS = { days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" };

type RuleFieldsProps = {
  rule: Rule;
  choices: RuleChoices;
  onChange: (rule: Rule) => void;
  /** Null where the rule is the last one. */
  onRemove: (() => void) | null;
};

/** One rule to be changed: how many, who beside the right, when. */
export function RuleFields({ rule, choices, onChange, onRemove }: RuleFieldsProps) {
  const { demands } = rule;
  const set = (change: Partial<Rule["demands"]>) => onChange({ ...rule, demands: { ...demands, ...change } });
  const window = demands.window;
  return (
    <fieldset className="grid gap-3 border-b border-line pb-4 sm:grid-cols-[minmax(0,1fr)_repeat(3,minmax(0,1fr))_auto] sm:items-end">
      <legend className="pb-2 font-medium">{rule.name}</legend>
      <p className="text-small text-ink-2">
        {rule.when.effects.length === 0 ? "everything" : rule.when.effects.join(", ")}
        {rule.when.stages.length > 0 && `, stage ${rule.when.stages.join(", ")}`}
      </p>
      <Field label="Approvals">
        {(control) => (
          <Select
            {...control}
            options={COUNTS}
            value={String(demands.approvers)}
            onChange={({ target }) => set({ approvers: Number(target.value) })}
          />
        )}
      </Field>
      <Field label="Each also a">
        {(control) => (
          <Select
            {...control}
            options={[
              { value: "none", label: "no other role" },
              ...ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role] })),
            ]}
            value={demands.roles[0] ?? "none"}
            onChange={({ target }) => set({ roles: ROLES.filter((role) => role === target.value) })}
          />
        )}
      </Field>
      <Field label="When">
        {(control) => (
          <Select
            {...control}
            options={[
              { value: "always", label: "At any time" },
              { value: "workdays", label: "Workdays, 08:00 to 18:00 UTC" },
              ...(window !== null && window.from !== WORKDAYS.from
                ? [{ value: "as_is", label: `As it is, from ${window.from}` }]
                : []),
            ]}
            value={window === null ? "always" : window.from === WORKDAYS.from ? "workdays" : "as_is"}
            onChange={({ target }) => set({ window: target.value === "always" ? null : WORKDAYS })}
          />
        )}
      </Field>
      {onRemove !== null && (
        <Button variant="ghost" onClick={onRemove} aria-label={`Remove ${rule.name}`}>
          Remove
        </Button>
      )}
      <RuleScope rule={rule} choices={choices} onChange={onChange} />
    </fieldset>
  );
}
