import { ATTESTERS_NEEDED } from "#server/domain/check/run.ts";
import { stageRefSchema } from "#server/domain/job/schema.ts";
import { listAttesters } from "../attestation/rows.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { listShellSubjects } from "./subject.ts";

/** The steps on hosts of a stage: where each would run now, and who attests of a CHECK that it only reads. */
export const listShellSteps = query({
  action: "tenant.read",
  input: stageRefSchema,
  run: async (ctx, stage) => {
    const { actor } = ctx;
    const subjects = await listShellSubjects(ctx.db, stage);
    return Promise.all(
      subjects.map(async ({ stepId, isCheck, host, digest, obstacle }) => {
        const attesters = isCheck && digest !== null ? await listAttesters(ctx.db, digest) : [];
        const isMine =
          actor.kind === "person" && attesters.some(({ personId }) => personId === actor.personId);
        return {
          stepId,
          isCheck,
          host: host === null ? null : { name: host.name, identity: host.identity },
          digest,
          obstacle,
          attesters: attesters.map(({ id, name, reason, at }) => ({ id, name, reason, at })),
          needed: ATTESTERS_NEEDED,
          may: {
            attest: may(ctx, "check.attest", {
              unless: obstacle ?? (isMine ? "You have attested this text. A second person has to." : null),
            }),
            withdraw: may(ctx, "check.withdraw"),
          },
        };
      }),
    );
  },
});
