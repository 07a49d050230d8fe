import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { Marker } from "#server/domain/marker/compute.ts";
import { handWords } from "#server/domain/marker/schema.ts";
import type { StageState } from "#server/domain/tenant/progress.ts";
import { gradeWords, markerPeople, markerWords, stageWords } from "./stage-words.ts";

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

type MarkerMarkProps = { marker: Marker | null; withPeople?: boolean };

/** What is proven about a text: word, how much, since when, and what shows or refutes it. */
export function MarkerMark({ marker, withPeople = false }: MarkerMarkProps) {
  const words = markerWords(marker);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <span data-hint={words.means} tabIndex={0} className="rounded-sm">
        <StateMark state={words.state} label={words.label} size="sm" />
      </span>
      {marker !== null && <MarkerFacts marker={marker} withPeople={withPeople} />}
    </span>
  );
}

function MarkerFacts({ marker, withPeople }: { marker: Marker; withPeople: boolean }) {
  const { at, run, refutedBy, before, handRun } = marker;
  const grade = gradeWords(marker);
  const once = before === null ? null : gradeWords(before);
  const people = withPeople ? markerPeople(marker) : null;
  return (
    <span className="text-small text-ink-2">
      {grade !== null && `${grade.words} `}
      {refutedBy !== null && <Refutation refutedBy={refutedBy} />}
      {at !== null && <RelativeTime at={at} />}
      {people !== null && `, ${people}`}
      {run !== null && (
        <>
          {", "}
          <Link href={`/jobs/${run.jobId}`}>evidence</Link>
        </>
      )}
      {handRun !== null && (
        <>
          {grade !== null && "; "}
          {handRun.pastedBy.length > 0 && `${handWords(handRun)} `}
          <RelativeTime at={handRun.at} />, <Link href={`/jobs/${handRun.jobId}`}>job {handRun.number}</Link>
        </>
      )}
      {before !== null && once !== null && (
        <>
          {(grade !== null || handRun !== null) && "; "}
          before the edit {once.words} <RelativeTime at={before.at} />
        </>
      )}
    </span>
  );
}

function Refutation({ refutedBy }: { refutedBy: NonNullable<Marker["refutedBy"]> }) {
  const { code, says, itemId, jobId } = refutedBy;
  const href = itemId === null ? `/jobs/${jobId ?? ""}` : `/registers/items/${itemId}`;
  return (
    <>
      by{" "}
      <Link href={href} data-hint={says}>
        {code}
      </Link>{" "}
    </>
  );
}
