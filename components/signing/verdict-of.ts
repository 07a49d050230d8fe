import * as z from "zod";
import type { ApiError } from "#components/trpc/refusal.tsx";
import type { OperationStep } from "#server/domain/signed-operation/verify.ts";

const STEPS = [
  "parse",
  "namespace",
  "public_key",
  "signer",
  "signature",
  "operation",
  "target",
  "time",
  "nonce",
  "role",
  "binding",
] as const satisfies OperationStep[];

const factsSchema = z.object({
  steps: z
    .array(
      z.object({
        step: z.enum(STEPS),
        verdict: z.enum(["passed", "failed", "not_reached"]),
        says: z.string(),
      }),
    )
    .min(1),
});

/** The steps that a refusal came with, and its typed error; null where no signature was looked at. */
export function verdictOf(error: ApiError | null) {
  const refusal = error?.data?.refusal;
  const facts = factsSchema.safeParse(refusal?.facts);
  return refusal && facts.success ? { error: refusal.reason, steps: facts.data.steps } : null;
}
