import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import type { RunbookFacts } from "./runbook-data.ts";

export type ReadThrough = ReturnType<typeof useReadThrough>;

/** How somebody says that he has read a stage, or one block or gate of it, of the version on the page. */
export function useReadThrough({ versionId, written, may }: RunbookFacts) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const act = useMutation(
    trpc.runbooks.readThrough.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: trpc.runbooks.get.queryKey() }),
    }),
  );
  return {
    error: act.error,
    isPending: (stageKey: string, part: string | null) =>
      act.isPending && act.variables.stageKey === stageKey && act.variables.part === part,
    read: (stageKey: string, part: string | null) => act.mutate({ versionId, stageKey, part }),
    /** Why it cannot be said of these parts, or null. */
    disabledReason: (parts: readonly string[]) =>
      may.readThrough.says ??
      (parts.some((name) => written.includes(name))
        ? "You wrote a part of this: somebody else has to read it."
        : null),
  };
}
