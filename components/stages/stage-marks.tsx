import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { Marker } from "#server/domain/marker/compute.ts";
import type { StageState } from "#server/domain/tenant/progress.ts";
import { markerPeople, markerWords, stageWords } from "./stage-words.ts";

type StageMarkProps = {
  state: StageState;
  opensAfter?: string | null;
  size?: "sm" | "md" | "lg";
  iconOnly?: boolean;
};

/** Where a stage of one tenant stands. */
export function StageMark({ state, opensAfter = null, size = "md", iconOnly = false }: StageMarkProps) {
  const words = stageWords(state, opensAfter);
  return <StateMark state={words.state} label={words.label} size={size} iconOnly={iconOnly} />;
}

/** What is proven about a stage's text on a cloud: word, age, and the run that proves it. */
export function MarkerMark({ marker, withPeople = false }: { marker: Marker | null; withPeople?: boolean }) {
  const words = markerWords(marker);
  const run = marker?.run ?? null;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <span data-hint={words.means} tabIndex={0} className="rounded-sm">
        <StateMark state={words.state} label={words.label} size="sm" />
      </span>
      {run !== null && (
        <span className="text-small text-ink-2">
          <RelativeTime at={run.finishedAt} />
          {withPeople && `, ${markerPeople(marker) ?? ""}`}
          {", "}
          <Link href={`/jobs/${run.jobId}`}>evidence</Link>
        </span>
      )}
    </span>
  );
}
