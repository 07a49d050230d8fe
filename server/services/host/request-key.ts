import { randomUUID } from "node:crypto";
import { hostKey } from "#db/schema/check.ts";
import { requestHostKeySchema } from "#server/domain/host/host-change.ts";
import { verb } from "../verb.ts";

/** Asks the runner for a new key to sign in on hosts with. It makes nothing reachable: a host that trusts it does. */
export const requestHostKey = verb({
  action: "host.propose",
  input: requestHostKeySchema,
  load: () => Promise.resolve(null),
  object: () => ({ kind: "host_key", id: "new" }),
  run: async (tx, { person, input: { name }, at }) => {
    const id = randomUUID();
    await tx.insert(hostKey).values({ id, name, requestedBy: person.personId, requestedAt: at });
    return { output: { keyId: id }, object: { kind: "host_key", id }, audit: { name } };
  },
});
