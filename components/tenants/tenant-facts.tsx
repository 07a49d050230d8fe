import { Person } from "#components/ui/avatar.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Section } from "#components/ui/section.tsx";
import type { TenantInputs } from "#server/domain/tenant/schema.ts";
import { INPUT_WORDS } from "./input-words.ts";

type TenantInputListProps = { inputs: TenantInputs; runbook: { title: string; contentHash: string } };

/** What was entered when the tenant was made, and the text its stages run from. */
export function TenantInputList({ inputs, runbook }: TenantInputListProps) {
  return (
    <Section title="Inputs">
      <KeyValueList
        stacked
        rows={[
          { key: INPUT_WORDS.cidr.label, value: <Mono>{inputs.cidr}</Mono> },
          {
            key: "Envelope",
            value: `${inputs.instances} instances, ${inputs.cores} cores, ${inputs.ramMb} MiB`,
          },
          { key: INPUT_WORDS.nodeCount.label, value: inputs.nodeCount },
          {
            key: "Runbook",
            value: (
              <>
                <Link href="/runbooks/tenant-onboarding">{runbook.title}</Link>{" "}
                <Mono head={15}>{runbook.contentHash}</Mono>
              </>
            ),
          },
        ]}
      />
    </Section>
  );
}

type TenantPerson = {
  id: string;
  name: string;
  isCreator: boolean;
  requestedCount: number;
  decidedCount: number;
};

function partOf({ isCreator, requestedCount, decidedCount }: TenantPerson): string {
  return [
    isCreator && "started it",
    requestedCount > 0 && `asked for ${requestedCount}`,
    decidedCount > 0 && `decided ${decidedCount}`,
  ]
    .filter((part) => part !== false)
    .join(", ");
}

/** Who had a hand in this tenant. */
export function TenantPeople({ people }: { people: readonly TenantPerson[] }) {
  return (
    <Section title="People">
      <ul className="grid gap-2">
        {people.map((person) => (
          <li key={person.id} className="grid gap-0.5">
            <Person name={person.name} />
            <span className="pl-6.5 text-small text-ink-3">{partOf(person)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
