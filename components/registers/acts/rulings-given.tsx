import { Person } from "#components/ui/avatar.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Acts } from "./acts-data.ts";

const DID: Record<Acts["rulings"][number]["ruling"], string> = {
  adopt: "adopted it",
  amend: "amended it",
  reject: "rejected it",
  defer: "put it off",
};

/** Who ruled what, when and why, the newest first. */
export function RulingsGiven({ rulings }: { rulings: Acts["rulings"] }) {
  if (rulings.length === 0) return null;
  return (
    <Section title="Rulings" beside={rulings.length}>
      <ul className="grid gap-3">
        {rulings.map((one) => (
          <li key={one.id} className="grid gap-0.5">
            <p className="flex flex-wrap items-center gap-x-2">
              <Person name={one.by} />
              <span className="text-ink-2">
                {DID[one.ruling]}
                {one.point !== "" && `, point ${one.point}`}, <RelativeTime at={one.at} />
              </span>
              {one.proposalId !== null && (
                <Link href={`/settings/proposals/${one.proposalId}`}>by two people</Link>
              )}
            </p>
            <p className="pl-6.5 whitespace-pre-wrap wrap-anywhere">{one.reason}</p>
            {one.amendment !== null && (
              <p className="pl-6.5 whitespace-pre-wrap wrap-anywhere">Holds instead: {one.amendment}</p>
            )}
            {one.comesBack !== null && <p className="pl-6.5 text-ink-2">Comes back {one.comesBack}.</p>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
