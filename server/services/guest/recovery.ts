import { randomUUID } from "node:crypto";
import { and, desc, eq, gt, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { hostRecovery } from "#db/schema/guest.ts";
import { person } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { clampRecovery } from "#server/domain/guest/recovery.ts";
import { armRecoverySchema, hostRefSchema } from "#server/domain/guest/schema.ts";
import { verb } from "../verb.ts";
import { lockHost } from "./hosts.ts";

/** The recovery mode of a host that is armed now, with who armed it; null where none is: time ends it by itself. */
export async function findRecovery(db: Db | Tx, tenantId: string, at: Date) {
  const [row] = await db
    .select({
      id: hostRecovery.id,
      until: hostRecovery.until,
      armedAt: hostRecovery.armedAt,
      reason: hostRecovery.reason,
      armedBy: person.name,
    })
    .from(hostRecovery)
    .innerJoin(person, eq(person.id, hostRecovery.armedBy))
    .where(and(eq(hostRecovery.tenantId, tenantId), isNull(hostRecovery.endedAt), gt(hostRecovery.until, at)))
    .orderBy(desc(hostRecovery.until))
    .limit(1);
  return row ?? null;
}

/**
 * Arms the recovery mode of a host for a bounded time. While it is armed nothing is planned there but the replacement of
 * its API token, and a recovery key may sign that one.
 */
export const armRecovery = verb({
  action: "guest.arm_recovery",
  input: armRecoverySchema,
  load: (tx, { tenantId }) => lockHost(tx, tenantId),
  object: (row) => ({ kind: "tenant", id: row.id }),
  run: async (tx, { person: by, input, row, at }) => {
    if ((await findRecovery(tx, row.id, at)) !== null) {
      throw new DomainError(
        "conflict",
        `Recovery mode of ${row.name} is armed already. Nothing was changed.`,
        {
          reason: "armed",
        },
      );
    }
    const seconds = clampRecovery(input.seconds);
    const until = new Date(at.getTime() + seconds * 1000);
    await tx.insert(hostRecovery).values({
      id: randomUUID(),
      tenantId: row.id,
      armedBy: by.personId,
      reason: input.reason,
      armedAt: at,
      until,
    });
    return {
      output: { seconds, until },
      audit: { host: row.name, seconds, until: until.toISOString(), reason: input.reason },
    };
  },
});

/** Ends it before its time. */
export const endRecovery = verb({
  action: "guest.end_recovery",
  input: hostRefSchema,
  load: async (tx, { tenantId }, ctx) => {
    const host = await lockHost(tx, tenantId);
    const armed = await findRecovery(tx, tenantId, ctx.clock());
    if (armed) return { ...host, armedId: armed.id };
    throw new DomainError("conflict", `Recovery mode of ${host.name} is not armed. Nothing was changed.`, {
      reason: "not_armed",
    });
  },
  object: (row) => ({ kind: "tenant", id: row.id }),
  run: async (tx, { person: by, row, at }) => {
    await tx
      .update(hostRecovery)
      .set({ endedBy: by.personId, endedAt: at })
      .where(eq(hostRecovery.id, row.armedId));
    return { output: {}, audit: { host: row.name } };
  },
});
