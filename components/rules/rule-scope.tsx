import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Rule } from "#server/domain/rule/rule.ts";

export type Choice = { id: string; name: string };
export type RuleChoices = {
  people: readonly Choice[];
  clouds: readonly Choice[];
  tenants: readonly Choice[];
};

type RuleScopeProps = { rule: Rule; choices: RuleChoices; onChange: (rule: Rule) => void };

/** What a rule is about, and whom it shuts out, beside its numbers: clouds, tenants, operations, people. */
export function RuleScope({ rule, choices, onChange }: RuleScopeProps) {
  const { when, demands } = rule;
  const setWhen = (change: Partial<Rule["when"]>) => onChange({ ...rule, when: { ...when, ...change } });
  return (
    <details className="sm:col-span-full">
      <summary className="cursor-pointer text-small text-ink-2">
        Where it holds, and who never approves
      </summary>
      <div className="grid gap-4 pt-3 sm:grid-cols-2">
        <PickList
          legend="Clouds; none is all"
          choices={choices.clouds}
          picked={when.clouds}
          onPick={(clouds) => setWhen({ clouds })}
        />
        <PickList
          legend="Tenants; none is all"
          choices={choices.tenants}
          picked={when.tenants}
          onPick={(tenants) => setWhen({ tenants })}
        />
        <Field label="Operations" hint="One a line; none is all." optional>
          {(control) => (
            <Textarea
              {...control}
              rows={3}
              defaultValue={when.operations.join("\n")}
              onBlur={({ currentTarget }) => setWhen({ operations: linesOf(currentTarget.value) })}
            />
          )}
        </Field>
        <PickList
          legend="Never approved by"
          choices={choices.people}
          picked={demands.never}
          onPick={(never) => onChange({ ...rule, demands: { ...demands, never } })}
        />
      </div>
    </details>
  );
}

type PickListProps = {
  legend: string;
  choices: readonly Choice[];
  picked: readonly string[];
  onPick: (picked: string[]) => void;
};

/** Some of a list, by name. */
export function PickList({ legend, choices, picked, onPick }: PickListProps) {
  return (
    <fieldset className="grid max-h-48 content-start gap-1 overflow-y-auto">
      <legend className="pb-1 text-small font-medium">{legend}</legend>
      {choices.map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          checked={picked.includes(id)}
          onChange={({ target }) =>
            onPick(target.checked ? [...picked, id] : picked.filter((one) => one !== id))
          }
        />
      ))}
    </fieldset>
  );
}

function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}
