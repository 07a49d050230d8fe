import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";

/** Longer than any key, so that what is too long is still told from what is no key. In characters. */
const KEY_TEXT_LIMIT = 65_536;
/** Fits a column; what a type allows is far below and is decided, not read. */
const HOURS_LIMIT = 1_000_000_000;

const HOURS = "A time to live is a whole number of hours, from 1 on.";

/**
 * A certificate for an actor. Hours over a cap are read and then refused by the decision: they are never shortened.
 * `subject`: under which of the actor's names it is asked; left out: the actor's own.
 */
export const signCertificateSchema = z.strictObject({
  actor: z
    .string()
    .regex(/^[!-~]{1,128}$/, "An actor is named as in the registry, such as agt-state-hub-bridge."),
  publicKey: z.string().max(KEY_TEXT_LIMIT, "This is longer than any public key."),
  /** Left out: as long as the actor may. */
  ttlHours: z.int(HOURS).min(1, HOURS).max(HOURS_LIMIT, HOURS).exactOptional(),
  subject: z
    .string()
    .regex(/^[!-~]{1,128}$/, "A subject is the actor's name, or iam: and that name.")
    .exactOptional(),
});

export const certificateAnswerSchema = z.strictObject({ requestId: z.uuid() });

export const revokeCertificateSchema = z.strictObject({ certificateId: z.uuid(), reason: reasonSchema });

/** `after`: the number of the authority that whoever asks has seen. */
export const rotateAuthoritySchema = z.strictObject({ after: z.int().min(1) });
export const proposeRotationSchema = z.strictObject({
  content: rotateAuthoritySchema,
  reason: reasonSchema,
});
