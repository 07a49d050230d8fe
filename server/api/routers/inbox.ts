import { readInbox } from "#server/services/inbox/list.ts";
import { readSession } from "#server/services/inbox/session.ts";
import { procedure, router } from "../trpc.ts";

export const inboxRouter = router({
  list: procedure(readInbox)
    .input(readInbox.input)
    .query(({ ctx, input }) => readInbox(ctx, input)),
  session: procedure(readSession)
    .input(readSession.input)
    .query(({ ctx, input }) => readSession(ctx, input)),
});
