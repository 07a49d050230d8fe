import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";
import { isOrigin, isSafeAddress } from "../settings/address.ts";

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

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const roleName = (fallback: string) =>
  z.string().regex(SEGMENT, "A role is named as in the engine, such as agt-role.").default(fallback);

/**
 * An SSH engine of OpenBao or Vault. `addr`: where the runner's token is for, and it is sent nowhere else. `publicKey`:
 * the engine's authority as hosts trust it; what it signs under another one is not given out.
 */
export const engineSchema = z.strictObject({
  addr: z
    .string()
    .trim()
    .max(300)
    .refine(isOrigin, { error: "Give scheme, host and port: no path, no account.", abort: true })
    .refine(isSafeAddress, {
      error: "Give an https:// address; http:// only for this machine itself.",
      abort: true,
    })
    .transform((addr) => new URL(addr).origin),
  mount: z
    .string()
    .max(200)
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9][A-Za-z0-9_.-]*){0,3}$/,
      "A mount is a path such as ssh, without a slash at its ends.",
    )
    .default("ssh"),
  roles: z
    .strictObject({ adm: roleName("adm-role"), agt: roleName("agt-role"), atm: roleName("atm-role") })
    .prefault({}),
  publicKey: z.string().trim().min(1, "Give the engine's public key.").max(KEY_TEXT_LIMIT),
});
export type Engine = z.output<typeof engineSchema>;

export const tryEngineSchema = z.strictObject({ engine: engineSchema });

/** Who shall sign. `after`: the number of the authority that whoever asks has seen. */
export const backendSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("local"), after: z.int().min(1) }),
  z.strictObject({ kind: z.literal("engine"), after: z.int().min(1), engine: engineSchema }),
]);
export const proposeBackendSchema = z.strictObject({ content: backendSchema, reason: reasonSchema });
