import { policyPackage as definition } from "#server/domain/operation/identity-policy.ts";
import { judgePolicy, type SavedPolicy } from "#server/domain/identity-policy/cloud-policy.ts";
import { packageOverride } from "#server/domain/identity-policy/override-package.ts";
import { blocked, notFound } from "../draft.ts";
import type { Operation } from "../handler.ts";

/** Errors that a refusal names; the page of the policy has them all. */
const NAMED_MAX = 3;

export const policyPackage: Operation<typeof definition.parameters> = {
  definition,

  /** A policy with errors makes no plan: nothing of it can be asked for, approved or delivered. */
  async plan(context) {
    const packed = pack(await context.policy());
    if (packed.kind === "bad") return blocked(packed.says, packed.advice);
    const { values } = packed;
    return {
      disposition: "read",
      says: `Revision ${values.revision} for ${values.release} holds ${values.rules} rules, which all parse; no error was found, and ${values.warnings} warnings. It is packed to ${values.zip_sha256}.`,
      outputs: values,
      preconditions: [
        { says: `Revision ${values.revision} of the policy is the newest`, observed: values.digest },
      ],
      reads: [],
    };
  },

  async readBack(context) {
    const packed = pack(await context.policy());
    if (packed.kind === "bad") throw notFound(packed.says);
    return { values: packed.values };
  },
};

function pack(saved: SavedPolicy | null) {
  const bad = (says: string, advice: string) => ({ kind: "bad" as const, says, advice });
  const onPage = "Correct it on the page Policy and save it, then preview again.";
  if (saved === null) {
    return bad(
      "Nobody has saved a policy override for this cloud.",
      "Write or paste it on the page Policy and save it, then preview again.",
    );
  }
  const read = judgePolicy(saved);
  if (read.kind === "bad")
    return bad(`Revision ${saved.number} cannot be judged. ${read.field}: ${read.says}`, onPage);
  const { document, findings, release } = read.policy;
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    const named = errors
      .slice(0, NAMED_MAX)
      .map(({ line, column, says }) => `Line ${line}, column ${column}: ${says}`);
    const more = errors.length > NAMED_MAX ? ` And ${errors.length - NAMED_MAX} more.` : "";
    return bad(
      `Revision ${saved.number} has ${errors.length === 1 ? "an error" : `${errors.length} errors`}. ${named.join(" ")}${more}`,
      onPage,
    );
  }
  const rules = document.entries.length;
  if (rules === 0) return bad(`Revision ${saved.number} holds no rule.`, onPage);
  const { zip, sha256 } = packageOverride(saved.source);
  return {
    kind: "packed" as const,
    values: {
      revision: saved.number,
      digest: saved.digest,
      release: release.label,
      rules,
      errors: errors.length,
      warnings: findings.length - errors.length,
      zip,
      zip_sha256: sha256,
    },
  };
}
