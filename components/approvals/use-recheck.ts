"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { useTicking } from "#components/ui/clock.tsx";
import { recheckPhase } from "./recheck-phase.ts";

/**
 * The comparison with the cloud that an approval rests on. It is asked for when a person who may decide opens the page,
 * and again when an old one is all that is in the way.
 */
export function useRecheck(job: JobFacts, isReadyOtherwise: boolean) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // Ticks, so that a comparison grows old while the page is looked at.
  const settled = useTicking((now) => recheckPhase(job.recheck, now));
  const { mutate, isPending, error } = useMutation(
    trpc.jobs.recheck.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id })),
    }),
  );
  const phase = isPending ? "comparing" : recheckPhaseOf(settled);

  const wasAsked = useRef(false);
  const mayDecide = job.may.approve.allowed && job.may.recheck.allowed;
  const isNeeded = phase === "none" || phase === "old";
  // Synchronises with the cloud: the runner compares once when the page opens, then when only age is in the way.
  useEffect(() => {
    if (!mayDecide || !isNeeded || error !== null || (wasAsked.current && !isReadyOtherwise)) return;
    wasAsked.current = true;
    mutate({ jobId: job.id });
  }, [mayDecide, isNeeded, error, isReadyOtherwise, mutate, job.id]);

  return { phase, isPending, error, again: () => mutate({ jobId: job.id }) };
}

const PHASES = ["none", "comparing", "blocked", "failed", "drift", "same", "old"] as const;

// useTicking carries words; the phase comes back out of its own list.
function recheckPhaseOf(word: string) {
  return PHASES.find((phase) => phase === word) ?? "none";
}
