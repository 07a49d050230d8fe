import { randomUUID } from "node:crypto";
import { and, eq, ne } from "drizzle-orm";
import { checkRun } from "#db/schema/check.ts";
import { readParameters } from "#server/domain/check/parameters.ts";
import { runCheckSchema } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";
import { requireAttested } from "./attested.ts";
import { lockCheck, requireBlock } from "./subject.ts";

/**
 * Asks a runner to run the check. Without approval, because two people have attested exactly this block as read-only;
 * the runner looks again right before it starts.
 */
export const runCheck = verb({
  action: "check.run",
  input: runCheckSchema,
  load: (tx, { itemId }) => lockCheck(tx, itemId),
  object: ({ item }) => ({ kind: "item", id: item.id }),
  run: async (tx, { person, input, row, at }) => {
    const { block, host, digest, settings, item } = requireBlock(row, input.digest);
    await requireAttested(tx, digest);
    const read = readParameters(settings.parameters, input.parameters);
    if (read.kind === "refused") {
      throw new DomainError("invalid", `${read.says} Nothing was started.`, {
        reason: "parameter",
        field: `parameters.${read.field}`,
      });
    }
    const [open] = await tx
      .select({ id: checkRun.id })
      .from(checkRun)
      .where(and(eq(checkRun.itemId, item.id), ne(checkRun.state, "finished")))
      .limit(1);
    if (open) {
      throw new DomainError("conflict", `${item.code} is being run already. Nothing further was started.`, {
        reason: "running",
        facts: { runId: open.id },
      });
    }
    const id = randomUUID();
    await tx.insert(checkRun).values({
      id,
      itemId: item.id,
      digest,
      script: block.script,
      hostId: host.id,
      hostName: host.name,
      identity: host.identity,
      parameters: read.environment,
      settings,
      requestedBy: person.personId,
      requestedAt: at,
      state: "requested",
    });
    return {
      output: { runId: id },
      audit: { runId: id, digest, host: host.name, identity: host.identity, parameters: read.environment },
    };
  },
});
