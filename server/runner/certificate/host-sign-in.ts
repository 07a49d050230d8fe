import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { certificateRequest, sshCertificate } from "#db/schema/certificate.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { SshHost } from "#server/domain/host/host.ts";
import { ANSWER_WAITS_MS } from "#server/domain/ssh-certificate/limits.ts";
import { openHostKey } from "../check/host-keys.ts";
import { carryOutRequest } from "./answer-request.ts";
import type { SigningParts } from "./certificate-parts.ts";
import { makeKeyPair, privateKeyFile } from "./private-key.ts";

/** With what a run signs in on a host. */
export interface HostSignIn {
  privateKey: string;
  certificate: string | null;
  /** Called when the run is over: its certificate ends with it. */
  end: () => Promise<void>;
}

export type HostSignInAnswer = { kind: "ready"; signIn: HostSignIn } | { kind: "refused"; says: string };

/** sshd looks at a certificate when a connection is made, and never again. In seconds from its beginning, which lies a minute back. */
const CONNECT_SECONDS = 180;

export interface RunOnHost {
  host: SshHost;
  /** Marks the run in the log of signatures. */
  runId: string;
  requestedBy: string;
}

/** The sealed key of a host, or a key made for this run alone and a certificate for the actor that the host names. */
export async function signInOnHost(parts: SigningParts, run: RunOnHost): Promise<HostSignInAnswer> {
  const { actor, keyId } = run.host;
  if (actor !== undefined) return certified(parts, actor, run);
  const privateKey = keyId === undefined ? null : await openHostKey(parts.db, parts.sealer, keyId);
  if (privateKey === null) {
    return { kind: "refused", says: "The console's key for this host is not there." };
  }
  return { kind: "ready", signIn: { privateKey, certificate: null, end: () => Promise.resolve() } };
}

async function certified(parts: SigningParts, actorName: string, run: RunOnHost): Promise<HostSignInAnswer> {
  const pair = makeKeyPair();
  const id = randomUUID();
  const at = parts.now();
  const [row] = await parts.db
    .insert(certificateRequest)
    .values({
      id,
      actorName,
      subject: actorName,
      ttlHours: 1,
      publicKey: pair.line,
      fingerprint: pair.publicKey.fingerprint,
      purpose: "run",
      runId: run.runId,
      requestedBy: run.requestedBy,
      requestedAt: at,
      expiresAt: new Date(at.getTime() + ANSWER_WAITS_MS),
      state: "requested",
    })
    .returning();
  assert(row, "an inserted request is there");
  await carryOutRequest(parts, { row, validSeconds: CONNECT_SECONDS });
  const [asked] = await parts.db
    .select({ says: certificateRequest.says, line: sshCertificate.line })
    .from(certificateRequest)
    .leftJoin(sshCertificate, eq(sshCertificate.requestId, certificateRequest.id))
    .where(eq(certificateRequest.id, id));
  if (!asked?.line) {
    return {
      kind: "refused",
      says: `No certificate for ${actorName}: ${asked?.says ?? "there is no answer."}`,
    };
  }
  const privateKey = privateKeyFile(pair);
  return { kind: "ready", signIn: { privateKey, certificate: asked.line, end: () => endOf(parts, id) } };
}

async function endOf(parts: SigningParts, requestId: string): Promise<void> {
  await parts.db
    .update(sshCertificate)
    .set({ revokedAt: parts.now(), revokedReason: "The run that it was for is over." })
    .where(and(eq(sshCertificate.requestId, requestId), isNull(sshCertificate.revokedAt)));
}
