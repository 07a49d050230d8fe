import { DomainError } from "#server/domain/error/domain-error.ts";
import type { RegisterVerdict } from "#server/domain/register/lifecycle/verdict.ts";

/** Throws the refusal of a lifecycle as an error with its own reason; one that is about the person is `forbidden`. */
export function requireAllowed(verdict: RegisterVerdict): void {
  if (verdict.kind === "allowed") return;
  const code = verdict.reason === "same_person" ? "forbidden" : "conflict";
  throw new DomainError(code, verdict.says, { reason: verdict.reason });
}
