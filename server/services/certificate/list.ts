import { and, count, desc, eq, gt, isNotNull, isNull } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { certificateRequest, sshAuthority, sshCertificate } from "#db/schema/certificate.ts";
import { person } from "#db/schema/person.ts";
import { proposal } from "#db/schema/proposal.ts";
import { ACTOR_CAP_HOURS } from "#server/domain/actor/states.ts";
import { signingProblem } from "#server/domain/policy/signing.ts";
import { CERTIFICATES_LIMIT } from "#server/domain/ssh-certificate/limits.ts";
import { scorecard, standingOf } from "#server/domain/ssh-certificate/scorecard.ts";
import { keyFingerprint } from "#server/domain/sshsig/public-key.ts";
import { may } from "../may.ts";
import { findSigningRoles } from "../rules/signing.ts";
import { query } from "../verb.ts";
import { listAuthorities } from "./rows.ts";
import { listActorsNow } from "./actors.ts";

const WAITING_LIMIT = 20;
/** Open certificates that the scorecard looks at. */
const OPEN_LIMIT = 5_000;

/** What hosts let in now, what is stale, the scorecard, the latest signatures and refusals, and the authority. */
export const listCertificatePage = query({
  action: "certificate.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const now = ctx.clock();
    const [actors, open, log, refused, authorities, waiting, signing, revocations] = await Promise.all([
      listActorsNow(ctx.db),
      listOpen(ctx.db, now),
      listSigned(ctx.db),
      listRefused(ctx.db),
      listAuthorities(ctx.db),
      listWaiting(ctx.db),
      findSigningRoles(ctx.db),
      ctx.db.select({ n: count() }).from(sshCertificate).where(isNotNull(sshCertificate.revokedAt)),
    ]);
    const hasAuthority = authorities.some(({ madeAt, retiredAt }) => madeAt !== null && retiredAt === null);
    const shown = (row: SignedRow) => ({ ...row, ...standingOf(row, actors, now) });
    return {
      now,
      open: open.map(shown),
      log: log.map(shown),
      refused,
      scorecard: scorecard({ certificates: open, actors, hasAuthority, now }),
      authorities: authorities.map((row) => ({
        ...row,
        fingerprint: row.publicKey === null ? null : keyFingerprint(row.publicKey),
      })),
      waiting,
      krlVersion: revocations[0]?.n ?? 0,
      actors: [...actors.values()]
        .filter(({ isRetired }) => !isRetired)
        .map(({ name, type, principals, maxTtlHours }) => ({
          name,
          type,
          principals,
          maxTtlHours,
          capHours: ACTOR_CAP_HOURS[type],
          /** Why whoever looks may have none signed for it; null: he may. */
          cannot:
            ctx.actor.kind === "person" ? signingProblem(signing, { roles: ctx.actor.roles, type }) : null,
        })),
      may: {
        sign: may(ctx, "certificate.sign"),
        revoke: may(ctx, "certificate.revoke"),
        rotate: may(ctx, "ssh_authority.propose"),
      },
    };
  },
});

type SignedRow = Awaited<ReturnType<typeof listSigned>>[number];

const listOpen = (db: Db, now: Date) =>
  selectSigned(db)
    .where(and(isNull(sshCertificate.revokedAt), gt(sshCertificate.validBefore, now)))
    .orderBy(sshCertificate.validBefore)
    .limit(OPEN_LIMIT)
    .then((rows) => rows.map(asRow));

const listSigned = (db: Db) =>
  selectSigned(db)
    .orderBy(desc(sshCertificate.signedAt))
    .limit(CERTIFICATES_LIMIT)
    .then((rows) => rows.map(asRow));

const FIELDS = {
  id: sshCertificate.id,
  actorName: sshCertificate.actorName,
  purpose: sshCertificate.purpose,
  runId: certificateRequest.runId,
  serial: sshCertificate.serial,
  fingerprint: sshCertificate.fingerprint,
  principals: sshCertificate.principals,
  ttlHours: sshCertificate.ttlHours,
  validAfter: sshCertificate.validAfter,
  validBefore: sshCertificate.validBefore,
  signedAt: sshCertificate.signedAt,
  decisionId: sshCertificate.decisionId,
  subject: certificateRequest.subject,
  envelope: certificateRequest.envelope,
  requestedBy: person.name,
  authority: sshAuthority.number,
  authorityRetiredAt: sshAuthority.retiredAt,
  revokedAt: sshCertificate.revokedAt,
  revokedReason: sshCertificate.revokedReason,
};

const selectSigned = (db: Db) =>
  db
    .select(FIELDS)
    .from(sshCertificate)
    .innerJoin(certificateRequest, eq(certificateRequest.id, sshCertificate.requestId))
    .innerJoin(sshAuthority, eq(sshAuthority.id, sshCertificate.authorityId))
    .innerJoin(person, eq(person.id, certificateRequest.requestedBy))
    .$dynamic();

function asRow({ envelope, authorityRetiredAt, ...row }: Awaited<ReturnType<typeof selectSigned>>[number]) {
  return { ...row, effect: envelope?.effect ?? "none", isUnderRetired: authorityRetiredAt !== null };
}

/** What was refused or had no answer, the latest first. */
const listRefused = (db: Db) =>
  db
    .select({
      id: certificateRequest.id,
      actorName: certificateRequest.actorName,
      ttlHours: certificateRequest.ttlHours,
      state: certificateRequest.state,
      step: certificateRequest.step,
      code: certificateRequest.code,
      says: certificateRequest.says,
      decisionId: certificateRequest.decisionId,
      requestedBy: person.name,
      endedAt: certificateRequest.endedAt,
    })
    .from(certificateRequest)
    .innerJoin(person, eq(person.id, certificateRequest.requestedBy))
    .where(isNotNull(certificateRequest.code))
    .orderBy(desc(certificateRequest.endedAt))
    .limit(WAITING_LIMIT);

const listWaiting = (db: Db) =>
  db
    .select({ id: proposal.id, number: proposal.number, rendering: proposal.rendering })
    .from(proposal)
    .where(and(eq(proposal.kind, "ssh_authority.rotate"), eq(proposal.state, "awaiting")))
    .orderBy(desc(proposal.number))
    .limit(WAITING_LIMIT)
    .then((rows) => rows.map(({ rendering, ...row }) => ({ ...row, title: rendering.title })));
