import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";
import { SIGNER_ROLES } from "./states.ts";

/** A pasted line; what it holds is judged by parsePublicKeyLine, with words for a person. */
const publicKey = z.string().min(1, "Paste the line of a .pub file.").max(16_384, "This is no public key.");
const instant = z.iso.datetime();

const keyOfPerson = { personId: z.uuid(), publicKey };

export const enrolSignerSchema = z.strictObject({
  ...keyOfPerson,
  role: z.enum(SIGNER_ROLES),
  /** From when and until when it may sign; null: without a bound. */
  validAfter: instant.nullable(),
  validBefore: instant.nullable(),
});
export const revokeSignerSchema = z.strictObject({ signerId: z.uuid() });
export const rotateSignerSchema = z.strictObject({ signerId: z.uuid(), publicKey });

export const proposeEnrolSchema = z.strictObject({ content: enrolSignerSchema, reason: reasonSchema });
export const proposeRevokeSchema = z.strictObject({ content: revokeSignerSchema, reason: reasonSchema });
export const proposeRotateSchema = z.strictObject({ content: rotateSignerSchema, reason: reasonSchema });

/** An emergency: the operational keys are lost, and the recovery key puts another one in their place. */
export const prepareRepinSchema = z.strictObject({ ...keyOfPerson, reason: reasonSchema });
export const repinSchema = z.strictObject({
  nonce: z.string().min(16).max(128),
  armored: z.string().min(1, "Paste the signature.").max(65_536, "This is longer than any signature."),
});
