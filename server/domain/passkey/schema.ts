import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";
import { isKeepable } from "../canonical/text.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "./limits.ts";

/** base64url without padding, of at most this many characters. */
const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);

/** A credential id has at most 1023 bytes (WebAuthn, 4). */
const credentialId = base64url(1364);

/** What a browser answers to a call to enrol (WebAuthn, 5.1.8, RegistrationResponseJSON), of which only this counts. */
export const enrolmentSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(16_384),
    transports: z.array(z.string().max(32)).max(10).default([]),
  }),
});
export type Enrolment = z.output<typeof enrolmentSchema>;

/** What a browser answers to a call to prove (WebAuthn, 5.1.8, AuthenticationResponseJSON). */
export const assertionSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(8192),
    userHandle: base64url(128).nullish(),
  }),
});
export type Assertion = z.output<typeof assertionSchema>;

/** The client data of either (WebAuthn, 5.8.1), as far as it has to be known before the rest is verified. */
export const clientDataSchema = z.object({
  challenge: base64url(128),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.unknown().optional(),
});

const passkeyNameSchema = z
  .string()
  .trim()
  .min(1, "Enter a name, such as that of the device it is on.")
  .max(60, "A name has 60 characters at most.")
  .refine(isKeepable, "The name holds a character that cannot be kept.");

export const enrolPasskeySchema = z.strictObject({ name: passkeyNameSchema, response: enrolmentSchema });
export const renamePasskeySchema = z.strictObject({ passkeyId: z.uuid(), name: passkeyNameSchema });
export const passkeyIdSchema = z.strictObject({ passkeyId: z.uuid() });
/** `passkey`: with one of one's passkeys; `sso`: by signing in once more at the identity provider. */
export const beginProofSchema = z.strictObject({ way: z.enum(["passkey", "sso"]) });
/** Null: every session but this one. */
export const endOwnSessionsSchema = z.strictObject({ sessionId: z.uuid().nullable() });

export const forgetPasskeysSchema = z.strictObject({ personId: z.uuid() });
export const proposeForgetSchema = z.strictObject({ content: forgetPasskeysSchema, reason: reasonSchema });

export const changePasswordSchema = z.strictObject({
  current: z.string().min(1, "Enter the password that you have now.").max(PASSWORD_MAX),
  wanted: z
    .string()
    .min(PASSWORD_MIN, `A password has ${PASSWORD_MIN} characters or more. Several words do well.`)
    .max(PASSWORD_MAX, `A password has ${PASSWORD_MAX} characters at most.`),
});
