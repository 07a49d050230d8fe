import { Person } from "#components/ui/avatar.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { JobFacts } from "./job-data.ts";

/** The approval that counted, where it was a standing one: which use of it, and whose. */
export function StandingRecord({ standing }: { standing: NonNullable<JobFacts["standing"]> }) {
  const { number, use, content, madeBy, agreedBy, at, proposalId } = standing;
  return (
    <div className="grid gap-1 rounded-md border border-line px-3 py-2.5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateMark state="passed" label={`Standing approval ${number}`} />
        <span className="tnum text-ink-2">
          use {use} of {content.maxUses}
        </span>
        <span className="text-ink-2">
          <RelativeTime at={at} />
        </span>
      </p>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-small text-ink-2">
        {content.name}, asked for by <Person name={madeBy.name} /> and agreed to by{" "}
        <Person name={agreedBy.name} />.{" "}
        <Link href={`/settings/proposals/${proposalId}`}>See what they agreed to</Link>
      </p>
    </div>
  );
}
