import { and, asc, desc, eq } from "drizzle-orm";
import * as z from "zod";
import { hostKey } from "#db/schema/check.ts";
import { proposal } from "#db/schema/proposal.ts";
import { identityOf } from "#server/domain/host/host.ts";
import { listActorsNow } from "../certificate/actors.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { listHosts } from "./rows.ts";

const KEYS_LIMIT = 200;
const WAITING_LIMIT = 100;

/** Every host with its newest version, the console's keys, and what waits for a second person. */
export const listHostPage = query({
  action: "host.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [hosts, keys, actors, waiting] = await Promise.all([
      listHosts(ctx.db),
      ctx.db
        .select({ id: hostKey.id, name: hostKey.name, publicKey: hostKey.publicKey, madeAt: hostKey.madeAt })
        .from(hostKey)
        .orderBy(asc(hostKey.name))
        .limit(KEYS_LIMIT),
      listActorsNow(ctx.db),
      ctx.db
        .select({ id: proposal.id, number: proposal.number, rendering: proposal.rendering })
        .from(proposal)
        .where(and(eq(proposal.kind, "host.set"), eq(proposal.state, "awaiting")))
        .orderBy(desc(proposal.number))
        .limit(WAITING_LIMIT),
    ]);
    return {
      hosts: hosts.map((one) => ({ ...one, identity: identityOf(one.content) })),
      keys,
      actors: [...actors.values()].flatMap(({ name, isRetired }) => (isRetired ? [] : [name])),
      waiting: waiting.map(({ rendering, ...row }) => ({ ...row, title: rendering.title })),
      may: { propose: may(ctx, "host.propose") },
    };
  },
});
