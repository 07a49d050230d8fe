import { analysePolicy } from "#server/domain/identity-policy/analysis.ts";
import { analysePolicySchema } from "#server/domain/identity-policy/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { query } from "../verb.ts";

/** Reads an override as it is being written: findings, the comparison, who may do what. Keeps nothing, asks no cloud. */
export const analyseText = query({
  action: "policy.read",
  input: analysePolicySchema,
  run: (_ctx, { set, ...written }) => {
    const analysed = analysePolicy(written, set);
    if (analysed.kind === "analysed") return Promise.resolve(analysed.analysis);
    throw badField(analysed);
  },
});

/** What cannot be read, with the field that it stands in. */
export function badField({ field, says }: { field: string; says: string }): DomainError {
  return new DomainError("invalid", `${field}: ${says}`, { reason: "policy_unreadable", field });
}
