import { beginEnrol } from "#server/services/account/begin-enrol.ts";
import { beginProof } from "#server/services/account/begin-proof.ts";
import { removePasskey, renamePasskey } from "#server/services/account/change-passkey.ts";
import { changePassword } from "#server/services/account/change-password.ts";
import { endOwnSessions } from "#server/services/account/end-sessions.ts";
import { enrolPasskey } from "#server/services/account/enrol-passkey.ts";
import { readAccount } from "#server/services/account/read.ts";
import { procedure, router } from "../trpc.ts";

export const accountRouter = router({
  get: procedure(readAccount)
    .input(readAccount.input)
    .query(({ ctx, input }) => readAccount(ctx, input)),
  beginProof: procedure(beginProof, { isSingle: true })
    .input(beginProof.input)
    .mutation(({ ctx, input }) => beginProof(ctx, input)),
  beginEnrol: procedure(beginEnrol, { isSingle: true })
    .input(beginEnrol.input)
    .mutation(({ ctx, input }) => beginEnrol(ctx, input)),
  enrolPasskey: procedure(enrolPasskey, { isSingle: true })
    .input(enrolPasskey.input)
    .mutation(({ ctx, input }) => enrolPasskey(ctx, input)),
  renamePasskey: procedure(renamePasskey, { isSingle: true })
    .input(renamePasskey.input)
    .mutation(({ ctx, input }) => renamePasskey(ctx, input)),
  removePasskey: procedure(removePasskey, { isSingle: true })
    .input(removePasskey.input)
    .mutation(({ ctx, input }) => removePasskey(ctx, input)),
  changePassword: procedure(changePassword, { isSingle: true })
    .input(changePassword.input)
    .mutation(({ ctx, input }) => changePassword(ctx, input)),
  endSessions: procedure(endOwnSessions, { isSingle: true })
    .input(endOwnSessions.input)
    .mutation(({ ctx, input }) => endOwnSessions(ctx, input)),
});
