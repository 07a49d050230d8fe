import { asc, eq } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { person as personTable, session } from "#db/schema/person.ts";
import { runner } from "#db/schema/runner.ts";
import { listEmergencies } from "../break-glass/open.ts";
import { findFreeze } from "../freeze/rows.ts";
import { may } from "../may.ts";
import { hasPasskey } from "../passkey/rows.ts";
import { query } from "../verb.ts";
import { countWaiting } from "./list.ts";

/** A runner that has not been heard of for this long is not there. */
const RUNNER_SILENT_MS = 20_000;

const NOBODY = "00000000-0000-0000-0000-000000000000";

/** What the frame of every page shows: who I am, which clouds there are, how many decisions wait for me. */
export const readSession = query({
  action: "inbox.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [clouds, runners, waitingCount, frozen, emergencies] = await Promise.all([
      ctx.db.select().from(cloud).orderBy(asc(cloud.name)),
      ctx.db.select().from(runner),
      countWaiting(ctx),
      findFreeze(ctx.db),
      listEmergencies(ctx),
    ]);
    const since = ctx.clock().getTime() - RUNNER_SILENT_MS;
    const person = ctx.actor.kind === "person" ? ctx.actor : null;
    const [account] = await ctx.db
      .select({ passwordHash: personTable.passwordHash })
      .from(personTable)
      .where(eq(personTable.id, person?.personId ?? NOBODY));
    const hasPassword = (account?.passwordHash ?? null) !== null;
    const [present] = await ctx.db
      .select({ way: session.steppedUpBy })
      .from(session)
      .where(eq(session.id, person?.sessionId ?? NOBODY));
    const isLocal = hasPassword && present?.way !== "oidc";
    const isHolder = await hasPasskey(ctx.db, person?.personId ?? NOBODY);
    return {
      person: {
        id: person?.personId ?? "",
        name: person?.name ?? "",
        email: person?.email ?? "",
        roles: person?.roles ?? [],
        hasPassword,
        /** How this person proves who they are: with a passkey when they have one, else as they signed in. */
        proof: isHolder ? ("passkey" as const) : isLocal ? ("password" as const) : ("sso" as const),
      },
      clouds: clouds.map(({ id, name, state, says, checkedAt }) => ({ id, name, state, says, checkedAt })),
      isRunnerAlive: runners.some((row) => row.stoppedAt === null && row.heartbeatAt.getTime() > since),
      waitingCount,
      /** Set while no change may start. */
      frozen,
      /** Changes let go without their approval that two people have not looked at yet. */
      emergencies,
      may: {
        people: may(ctx, "person.read"),
        audit: may(ctx, "audit.read"),
        createTenant: may(ctx, "tenant.create"),
        freeze: may(ctx, "freeze.set"),
      },
    };
  },
});
