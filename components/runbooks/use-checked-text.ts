"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";

/** Writing pauses this long before the text is read again. */
const PAUSE_MS = 350;

/** What the server reads in a text as it is being written. */
export function useCheckedText(text: string) {
  const trpc = useTRPC();
  const [settled, setSettled] = useState(text);
  // Synchronises with the clock: the text is read once the writer pauses.
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const isEmpty = settled.trim() === "";
  const checked = useQuery({
    ...trpc.runbooks.check.queryOptions({ source: isEmpty ? "-" : settled }),
    enabled: !isEmpty,
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  });
  return {
    data: isEmpty ? null : (checked.data ?? null),
    error: checked.error,
    isCurrent: settled === text && !checked.isFetching,
  };
}
