"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import type { JobFacts } from "./job-data.ts";

/** One job, read again whenever a change of it is announced. */
export function useJob(jobId: string): JobFacts {
  const trpc = useTRPC();
  return useSuspenseQuery(trpc.jobs.get.queryOptions({ jobId })).data;
}
