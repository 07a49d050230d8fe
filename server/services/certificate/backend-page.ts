import { desc, eq } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { sshEngineToken, sshEngineTrial } from "#db/schema/certificate.ts";
import { person } from "#db/schema/person.ts";
import { ACTOR_CAP_HOURS, ACTOR_TYPES } from "#server/domain/actor/states.ts";
import { keyFingerprint } from "#server/domain/sshsig/public-key.ts";
import { listWaitingOf } from "../access/waiting.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { findSigning, listAuthorities } from "./rows.ts";

const TRIALS_LIMIT = 10;

/** Who signs, what an engine would need, the latest trials, and what waits. A token stands here by its name only. */
export const readBackend = query({
  action: "certificate.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [signing, [newest], token, trials, waiting] = await Promise.all([
      findSigning(ctx.db),
      listAuthorities(ctx.db),
      findToken(ctx.db),
      listTrials(ctx.db),
      listWaitingOf(ctx.db, "ssh_authority.backend"),
    ]);
    return {
      after: newest?.number ?? 0,
      kind: signing?.kind ?? "local",
      engine: signing?.engine ?? null,
      publicKey: signing?.publicKey ?? null,
      fingerprint: signing === null ? null : keyFingerprint(signing.publicKey),
      caps: ACTOR_TYPES.map((type) => ({ type, hours: ACTOR_CAP_HOURS[type] })),
      token,
      trials,
      waiting,
      may: { propose: may(ctx, "ssh_authority.propose"), try: may(ctx, "ssh_authority.try") },
    };
  },
});

async function findToken(db: Db): Promise<{ name: string; addr: string; at: Date } | null> {
  const { name, addr, at } = sshEngineToken;
  const [row] = await db.select({ name, addr, at }).from(sshEngineToken).orderBy(desc(at)).limit(1);
  return row ?? null;
}

const listTrials = (db: Db) =>
  db
    .select({
      id: sshEngineTrial.id,
      engine: sshEngineTrial.engine,
      state: sshEngineTrial.state,
      findings: sshEngineTrial.findings,
      requestedBy: person.name,
      requestedAt: sshEngineTrial.requestedAt,
      endedAt: sshEngineTrial.endedAt,
    })
    .from(sshEngineTrial)
    .innerJoin(person, eq(person.id, sshEngineTrial.requestedBy))
    .orderBy(desc(sshEngineTrial.requestedAt))
    .limit(TRIALS_LIMIT);
