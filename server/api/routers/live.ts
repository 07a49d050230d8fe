import { changes } from "../live/changes.ts";
import { procedure, router } from "../trpc.ts";

export const liveRouter = router({
  /** Ids of what changed, as it changes. A page reads the rest itself, so a lost event loses nothing but time. */
  changes: procedure({ action: "live.read" }).subscription(({ ctx, signal }) =>
    changes(ctx, signal ?? new AbortController().signal),
  ),
});
