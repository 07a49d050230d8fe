"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";

/** A runner that falls silent is not announced by the database, so this read is repeated. */
const REPEAT_MS = 15_000;

/** Who is signed in, which clouds there are, whether a runner is at work. */
export function useSession() {
  const trpc = useTRPC();
  return useSuspenseQuery(
    trpc.inbox.session.queryOptions({}, { refetchInterval: REPEAT_MS, trpc: { context: { isPoll: true } } }),
  ).data;
}

export type Session = ReturnType<typeof useSession>;
