"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTRPC, useTRPCClient } from "#components/trpc/api.ts";
import { useLiveChange } from "#components/trpc/live.tsx";
import type { JobFacts } from "./job-data.ts";
import { OutputFollower } from "./output-follower.ts";
import { firstReadAfter } from "./first-read.ts";

/** The output of a job: its first read with the page, then every announced line as it comes. */
export function useOutput(job: JobFacts): OutputFollower {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { id: jobId } = job;
  // What the page was rendered with; later lines come by announcement, not by another first read.
  const [after] = useState(() => firstReadAfter(job.state, job.lastLine));
  const first = useSuspenseQuery(
    trpc.jobs.output.queryOptions({ jobId, after }, { staleTime: "static" }),
  ).data;
  const [follower] = useState(
    () =>
      new OutputFollower(
        (from) =>
          client.jobs.output.query({ jobId, after: from }, { context: { isPoll: true, isAlone: true } }),
        first,
      ),
  );
  useSyncExternalStore(follower.subscribe, follower.getVersion, follower.getVersion);
  useLiveChange((change) => {
    if (change.kind === "missed") follower.recover();
    else if (change.kind === "output_line" && change.jobId === jobId) follower.announce(Number(change.seq));
  });
  // Synchronises with lines written between the first read and the first announcement, and with a job that has ended.
  useEffect(() => follower.recover(), [follower, job.state]);
  return follower;
}
