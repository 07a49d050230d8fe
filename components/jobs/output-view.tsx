"use client";

import { useCallback, useState } from "react";
import { type LineRange, VirtualLines } from "#components/ui/virtual-lines.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { isFinal, type OutputStream } from "#server/domain/job/states.ts";
import type { JobFacts } from "./job-data.ts";
import type { OutputFollower } from "./output-follower.ts";
import { OutputSearch } from "./output-search.tsx";

// SGR codes of ECMA-48, 8.3.117, that the line renderer obeys.
const ESC = "\u001b";
const STREAMS: Record<OutputStream, string> = {
  note: "",
  call: `${ESC}[36m`,
  value: `${ESC}[32m`,
  warn: `${ESC}[33m`,
  error: `${ESC}[31m`,
  stdout: "",
  stderr: `${ESC}[33m`,
  pasted: `${ESC}[35m`,
};

/** What a person says that a block printed is told from what one printed, in every line and without its colour. */
const leadOf = (stream: OutputStream) => (stream === "pasted" ? "pasted: " : "");

const EMPTY: Partial<Record<JobFacts["state"], string>> = {
  awaiting_approval: "Nothing has run. Output appears here after a second person has approved the request.",
  approved: "Nothing has run. Output appears here after the requester has started the job.",
  queued: "It waits for the runner; jobs of one tenant run one after another.",
  running: "It has started; the first line appears at once when it is written.",
};

type OutputViewProps = {
  job: JobFacts;
  output: OutputFollower;
  markedLine: number | null;
  onLine: (line: number) => void;
};

/** What the job printed, as it prints it; the server keeps all of it. */
export function OutputView({ job, output, markedLine, onLine }: OutputViewProps) {
  const { buffer } = output;
  const getLine = (index: number) => {
    const line = buffer.find(index + 1);
    if (line === undefined) return undefined;
    const colour = STREAMS[line.stream];
    return `${colour}${leadOf(line.stream)}${line.text}`;
  };
  const onRangeNeeded = useCallback(({ start, end }: LineRange) => output.need(start + 1, end), [output]);
  const isLive = job.state === "running" || job.state === "queued";
  // Somebody who waits here for the job sees it to its last line, which comes with its end.
  const [isAwaited] = useState(() => !isFinal(job.state));
  return (
    <VirtualLines
      label={`Output of job ${job.number}`}
      lineCount={buffer.lastSeq}
      getLine={getLine}
      onRangeNeeded={onRangeNeeded}
      follow={isAwaited}
      live={isLive}
      lineHref={(line) => `#L${line}`}
      markedLine={markedLine}
      toolbar={
        <>
          <OutputSearch jobId={job.id} onLine={onLine} />
          {buffer.lastSeq > 0 && (
            <DownloadLink href={`/api/jobs/${job.id}/output`}>Download raw</DownloadLink>
          )}
        </>
      }
      empty={EMPTY[job.state] ?? "It ended before it wrote anything."}
      className="h-[max(20rem,calc(100dvh-20rem))]"
    />
  );
}
