import { Link } from "#components/ui/link.tsx";
import { Section } from "#components/ui/section.tsx";

/** Changes that another person has to agree to. */
export function Waiting({ waiting }: { waiting: readonly { id: string; number: number; title: string }[] }) {
  if (waiting.length === 0) return null;
  return (
    <Section title="Waiting for a second person" beside={waiting.length}>
      <ul className="grid gap-1.5">
        {waiting.map(({ id, number, title }) => (
          <li key={id}>
            <Link href={`/settings/proposals/${id}`}>
              Proposal {number}: {title}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
