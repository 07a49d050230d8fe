import { Person } from "#components/ui/avatar.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { VisibleLines } from "#components/ui/visible-text.tsx";
import type { Kept } from "#server/domain/hand/schema.ts";

export interface Said {
  jobId: string;
  stepId: string;
  result: "done" | "not_done";
  by: string;
  at: Date;
  kept: (Omit<Kept, "pasted"> & { pasted: { exit: number; bytes: number } | null }) | null;
}

/** What people attested of steps by hand, with what they handed in. Nothing when there is none. */
export function SaidList({ said }: { said: readonly Said[] }) {
  if (said.length === 0) return null;
  return (
    <Section title="Attested by hand" beside={said.length}>
      <ol className="grid gap-0">
        {said.map((one) => (
          <li
            key={`${one.jobId} ${one.stepId}`}
            className="grid gap-1.5 border-b border-line py-2.5 last:border-b-0"
          >
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <span className="font-mono text-small">{one.stepId}</span>
              <StateMark state={one.result === "done" ? "passed" : "failed"} label={markOf(one)} size="sm" />
              <Person name={one.by} />
              <span className="text-small text-ink-2">
                <RelativeTime at={one.at} />
              </span>
            </div>
            <Contents said={one} />
          </li>
        ))}
      </ol>
    </Section>
  );
}

function markOf({ result, kept }: Said): string {
  if (result === "not_done") return "Not done";
  return kept?.pasted ? "Pasted" : "Attested";
}

function Contents({ said: { jobId, stepId, kept } }: { said: Said }) {
  if (kept === null) {
    return <p className="text-small text-ink-2">The runner is masking what was handed in.</p>;
  }
  const texts = Object.entries(kept.texts);
  const files = Object.entries(kept.files);
  return (
    <div className="grid max-w-[70ch] gap-1 text-small text-ink-2">
      <p className="whitespace-pre-wrap wrap-anywhere">
        <VisibleLines>{kept.note}</VisibleLines>
      </p>
      {kept.pasted !== null && (
        <p>
          Ran it and pasted {kept.pasted.bytes} bytes, exit code {kept.pasted.exit}. The console did not run
          it; what was pasted stands in the job's output.
        </p>
      )}
      {texts.map(([name, text]) => (
        <p key={name} className="whitespace-pre-wrap wrap-anywhere">
          <span className="font-mono text-ink-3">{name}</span> <VisibleLines>{text}</VisibleLines>
        </p>
      ))}
      {files.map(([name, { fileName, bytes, digest }]) => (
        <p key={name} className="flex flex-wrap items-center gap-x-2 wrap-anywhere">
          <span className="font-mono text-ink-3">{name}</span>
          {digest === null ? (
            <span>{fileName} held a sealed value and was not kept.</span>
          ) : (
            <DownloadLink href={`/api/jobs/${jobId}/hand/${stepId}/${name}`}>
              {`${fileName}, ${bytes} bytes`}
            </DownloadLink>
          )}
        </p>
      ))}
    </div>
  );
}
