"use client";

import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useTRPC } from "#components/trpc/api.ts";

/** What stands behind every change of one's own account: say it, and read again what it changed. */
export function useAccountDone() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async (says: string) => {
    toast.success(says);
    await Promise.all([
      queryClient.invalidateQueries(trpc.account.pathFilter()),
      queryClient.invalidateQueries(trpc.inbox.session.pathFilter()),
    ]);
  };
}

export function sessionsEnded(count: number): string {
  if (count === 0) return "";
  return count === 1 ? " 1 other session ended." : ` ${count} other sessions ended.`;
}
