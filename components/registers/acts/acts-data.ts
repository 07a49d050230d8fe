import { useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useTRPC } from "#components/trpc/api.ts";
import type { AppRouter } from "#server/api/root.ts";

type Outputs = inferRouterOutputs<AppRouter>["itemActs"];
export type Acts = Outputs["get"];
/** What an act set free, as its answer says. */
export type Freed = Pick<Outputs["rule"], "unblocked" | "fired" | "released">;

/** Makes every read old that an act on an item may have changed: the item, its lists, the inbox. */
export function useActsOver(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async () => {
    await Promise.all([
      queryClient.invalidateQueries(trpc.itemActs.pathFilter()),
      queryClient.invalidateQueries(trpc.items.pathFilter()),
      queryClient.invalidateQueries(trpc.inbox.pathFilter()),
      queryClient.invalidateQueries(trpc.proposals.pathFilter()),
    ]);
  };
}
