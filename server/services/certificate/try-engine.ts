import { randomUUID } from "node:crypto";
import { sshEngineTrial } from "#db/schema/certificate.ts";
import { tryEngineSchema } from "#server/domain/ssh-certificate/schema.ts";
import { verb } from "../verb.ts";
import { engineDigest, readEngineKey } from "./backend.ts";

/** Asks the runner to try an engine out: it alone has the token. Nothing changes by it. */
export const tryEngine = verb({
  action: "ssh_authority.try",
  input: tryEngineSchema,
  load: (_tx, { engine }) => Promise.resolve(engine).then(readEngineKey),
  object: () => ({ kind: "ssh_engine", id: "new" }),
  run: async (tx, { person, row: engine, at }) => {
    const id = randomUUID();
    await tx.insert(sshEngineTrial).values({
      id,
      engine,
      digest: engineDigest(engine),
      requestedBy: person.personId,
      requestedAt: at,
      state: "requested",
      findings: [],
    });
    const { addr, mount, roles } = engine;
    return {
      output: { trialId: id },
      object: { kind: "ssh_engine", id },
      audit: { addr, mount, roles, publicKey: engine.publicKey },
    };
  },
});
