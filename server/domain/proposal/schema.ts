import * as z from "zod";
import { digestSchema, reasonSchema } from "../job/schema.ts";

export const proposalIdSchema = z.strictObject({ proposalId: z.uuid() });

/** The decision echoes the digest of what the page showed. */
export const decideProposalSchema = z.strictObject({
  proposalId: z.uuid(),
  digest: digestSchema,
  reason: reasonSchema,
});

export const withdrawProposalSchema = z.strictObject({ proposalId: z.uuid(), reason: reasonSchema });

export const freezeLiftSchema = z.strictObject({ freezeId: z.uuid() });
export const proposeLiftSchema = z.strictObject({ content: freezeLiftSchema, reason: reasonSchema });
