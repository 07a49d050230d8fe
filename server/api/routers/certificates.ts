import { awaitCertificate } from "#server/services/certificate/answer.ts";
import { proposeBackend } from "#server/services/certificate/backend.ts";
import { readBackend } from "#server/services/certificate/backend-page.ts";
import { listCertificatePage } from "#server/services/certificate/list.ts";
import { requestCertificate } from "#server/services/certificate/request.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { proposeRotation } from "#server/services/certificate/rotate.ts";
import { tryEngine } from "#server/services/certificate/try-engine.ts";
import { procedure, router } from "../trpc.ts";

export const certificatesRouter = router({
  list: procedure(listCertificatePage)
    .input(listCertificatePage.input)
    .query(({ ctx, input }) => listCertificatePage(ctx, input)),
  request: procedure(requestCertificate, { isSingle: true })
    .input(requestCertificate.input)
    .mutation(({ ctx, input }) => requestCertificate(ctx, input)),
  answer: procedure(awaitCertificate, { isSingle: true })
    .input(awaitCertificate.input)
    .query(({ ctx, input }) => awaitCertificate(ctx, input)),
  revoke: procedure(revokeCertificate, { isSingle: true })
    .input(revokeCertificate.input)
    .mutation(({ ctx, input }) => revokeCertificate(ctx, input)),
  proposeRotation: procedure(proposeRotation, { isSingle: true })
    .input(proposeRotation.input)
    .mutation(({ ctx, input }) => proposeRotation(ctx, input)),
  backend: procedure(readBackend)
    .input(readBackend.input)
    .query(({ ctx, input }) => readBackend(ctx, input)),
  tryEngine: procedure(tryEngine, { isSingle: true })
    .input(tryEngine.input)
    .mutation(({ ctx, input }) => tryEngine(ctx, input)),
  proposeBackend: procedure(proposeBackend, { isSingle: true })
    .input(proposeBackend.input)
    .mutation(({ ctx, input }) => proposeBackend(ctx, input)),
});
