import * as z from "zod";
import { connect } from "#db/client.ts";
import { now } from "#server/clock.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { ROLES } from "#server/domain/person/states.ts";
import { approveJobSchema } from "#server/domain/job/schema.ts";
import { approveJob } from "#server/services/job/approve.ts";

/**
 * A console's process that does nothing but approve, all at once, what its parent sends: the same verb, with
 * connections, a pool and a clock of its own. Answers how each attempt ended.
 */

const orderSchema = z.object({
  databaseAppUrl: z.string(),
  actors: z.array(
    z.object({
      kind: z.literal("person"),
      personId: z.string(),
      sessionId: z.string(),
      name: z.string(),
      email: z.string(),
      roles: z.array(z.enum(ROLES)),
    }),
  ),
  approvals: z.array(approveJobSchema),
});

async function carryOut(message: unknown): Promise<void> {
  const { databaseAppUrl, actors, approvals } = orderSchema.parse(message);
  const connection = connect(databaseAppUrl, { max: 8 });
  const attempts = actors.flatMap((actor) =>
    approvals.map((input) =>
      approveJob({ db: connection.db, actor, clock: now }, input).then(
        () => "done",
        (error: unknown) => {
          if (error instanceof DomainError) return error.details.reason;
          throw error;
        },
      ),
    ),
  );
  const results = await Promise.all(attempts);
  await connection.close();
  process.send?.({ results }, () => process.disconnect());
}

process.once("message", (message) => void carryOut(message));
process.send?.("ready");
