"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import type { Writing } from "./policy-data.ts";

/** Writing pauses this long before the policy is judged again. */
const PAUSE_MS = 250;

/** What the server makes of a policy as it is being written. */
export function useAnalysis(writing: Writing) {
  const trpc = useTRPC();
  const [settled, setSettled] = useState(writing);
  // Synchronises with the clock: the text is read once the writer pauses.
  useEffect(() => {
    const timer = setTimeout(() => setSettled(writing), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [writing]);
  return useQuery({
    ...trpc.policy.analyse.queryOptions(settled),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    retry: false,
  });
}
