"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { OutputFollower, type ReadOutput } from "#components/jobs/output-follower.ts";
import { useTRPC, useTRPCClient } from "#components/trpc/api.ts";
import { useLiveChange } from "#components/trpc/live.tsx";
import { type LineRange, VirtualLines } from "#components/ui/virtual-lines.tsx";
import type { CheckRun } from "./check-data.ts";

// SGR of ECMA-48, 8.3.117: what went to standard error stands apart.
const ERROR = "\u001b[33m";

type Lines = { lines: readonly { seq: number; stream: string; text: string; at: Date }[]; lastSeq: number };

const asOutput = ({ lines, lastSeq }: Lines): Awaited<ReturnType<ReadOutput>> => ({
  lines: lines.map(({ seq, stream, text, at }) => ({
    seq,
    stepId: null,
    stream: stream === "stderr" ? ("warn" as const) : ("note" as const),
    text,
    at,
  })),
  lastSeq,
});

/** What a run printed, as it prints it. Mount it with the run's id as key. */
export function RunOutput({ run }: { run: CheckRun }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { id: runId } = run;
  const first = useSuspenseQuery(
    trpc.checks.output.queryOptions({ runId, after: 0 }, { staleTime: "static" }),
  ).data;
  const [follower] = useState(
    () =>
      new OutputFollower(
        async (after) =>
          asOutput(
            await client.checks.output.query({ runId, after }, { context: { isPoll: true, isAlone: true } }),
          ),
        asOutput(first),
      ),
  );
  useSyncExternalStore(follower.subscribe, follower.getVersion, follower.getVersion);
  useLiveChange((change) => {
    if (change.kind === "missed") follower.recover();
    else if (change.kind === "check_line" && change.id === runId) follower.announce(Number(change.seq));
  });
  // Synchronises with lines written between the first read and the first announcement, and with a run that has ended.
  useEffect(() => follower.recover(), [follower, run.state]);
  const { buffer } = follower;
  const getLine = (index: number) => {
    const line = buffer.find(index + 1);
    if (line === undefined) return undefined;
    return line.stream === "warn" ? `${ERROR}${line.text}` : line.text;
  };
  const onRangeNeeded = useCallback(({ start, end }: LineRange) => follower.need(start + 1, end), [follower]);
  const isLive = run.state !== "finished";
  return (
    <VirtualLines
      label="Output of the run"
      lineCount={buffer.lastSeq}
      getLine={getLine}
      onRangeNeeded={onRangeNeeded}
      follow={isLive}
      live={isLive}
      empty={isLive ? "It has printed nothing yet." : "It printed nothing."}
      className="h-64"
    />
  );
}
