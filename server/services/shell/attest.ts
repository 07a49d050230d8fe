import { randomUUID } from "node:crypto";
import { blockAttestation } from "#db/schema/check.ts";
import { ATTESTERS_NEEDED } from "#server/domain/check/run.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { attestStepSchema } from "#server/domain/shell/schema.ts";
import { listAttesters } from "../attestation/rows.ts";
import { holdHosts } from "../host/rows.ts";
import { verb } from "../verb.ts";
import { listShellSubjects } from "./subject.ts";

/** One person says that exactly the CHECK that the page showed only reads. It takes two for it to count. */
export const attestStep = verb({
  action: "check.attest",
  input: attestStepSchema,
  load: async (tx, { tenantId, stageKey, stepId }) => {
    await holdHosts(tx);
    const subjects = await listShellSubjects(tx, { tenantId, stageKey });
    const subject = subjects.find((one) => one.stepId === stepId && one.isCheck);
    if (!subject) {
      throw new DomainError("not_found", "This stage has no such CHECK on a host.", { reason: "not_found" });
    }
    return subject;
  },
  object: ({ version }) => ({ kind: "runbook_version", id: version.id }),
  run: async (tx, { person, input: { digest, reason, stepId }, row, at }) => {
    const { host, obstacle, version, written } = row;
    if (obstacle !== null || host === null) {
      throw new DomainError("invalid", `${obstacle ?? "It has no host."} Nothing was attested.`, {
        reason: "obstacle",
      });
    }
    if (row.digest !== digest) {
      throw new DomainError(
        "stale",
        "The text, its host or its values changed since your page was made. Nothing was attested; read it again.",
        { reason: "stale" },
      );
    }
    const before = await listAttesters(tx, digest);
    if (before.some(({ personId }) => personId === person.personId)) {
      throw new DomainError(
        "conflict",
        "You have attested this text. A second person has to attest it as well.",
        { reason: "same_person" },
      );
    }
    const id = randomUUID();
    await tx.insert(blockAttestation).values({
      id,
      digest,
      hostId: host.id,
      script: written.script,
      identity: host.identity,
      runbookVersionId: version.id,
      personId: person.personId,
      reason,
      at,
    });
    const count = before.length + 1;
    return {
      output: { attestationId: id, attesters: count, isEnough: count >= ATTESTERS_NEEDED },
      audit: { attestationId: id, stepId, digest, host: host.name, identity: host.identity, reason },
    };
  },
});
