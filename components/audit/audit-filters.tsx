import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { LogFilter } from "#components/ui/log-filter.tsx";
import { Select } from "#components/ui/select.tsx";
import { type AuditFilter, AUDIT_OUTCOMES, isFiltered } from "#server/domain/audit/schema.ts";

const OUTCOMES = [
  { value: "", label: "Any" },
  ...AUDIT_OUTCOMES.map((value) => ({ value, label: value.slice(0, 1).toUpperCase() + value.slice(1) })),
];

/** Narrows the list. */
export function AuditFilters({
  filter,
  people,
}: {
  filter: AuditFilter;
  people: readonly { id: string; name: string }[];
}) {
  const known = [
    { value: "", label: "Anybody" },
    { value: "runner", label: "The runner" },
    ...people.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const { actor } = filter;
  const actors =
    actor === null || known.some(({ value }) => value === actor)
      ? known
      : [...known, { value: actor, label: actor }];
  return (
    <LogFilter
      href="/audit"
      filter={filter}
      columns="lg:grid-cols-[repeat(6,minmax(0,1fr))_auto]"
      isNarrowed={isFiltered(filter)}
    >
      <Field label="Who" optional>
        {({ required: _required, ...control }) => (
          <Select {...control} name="actor" options={actors} defaultValue={actor ?? ""} />
        )}
      </Field>
      <Field label="Action" optional>
        {({ required: _required, ...control }) => (
          <Input
            {...control}
            name="action"
            placeholder="job or job.approve"
            pattern="[a-z_]+(\.[a-z_]+)?"
            defaultValue={filter.action ?? ""}
          />
        )}
      </Field>
      <Field label="Outcome" optional>
        {({ required: _required, ...control }) => (
          <Select {...control} name="outcome" options={OUTCOMES} defaultValue={filter.outcome ?? ""} />
        )}
      </Field>
      <Field label="About" optional>
        {({ required: _required, ...control }) => (
          <Input
            {...control}
            name="object"
            placeholder="job, tenant or an id"
            maxLength={200}
            defaultValue={filter.object ?? ""}
          />
        )}
      </Field>
    </LogFilter>
  );
}
