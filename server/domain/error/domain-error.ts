/** What the caller can do about a refusal; the specific cause goes into `details.reason`. */
export const DOMAIN_ERROR_CODES = [
  "not_found",
  "conflict",
  "invalid",
  "unauthenticated",
  "forbidden",
  "approval_required",
  "stale",
  "limit",
  "unavailable",
  "internal",
] as const;
export type DomainErrorCode = (typeof DOMAIN_ERROR_CODES)[number];

export interface DomainErrorDetails {
  /** Closed, machine-readable cause, such as `self_approval`, `drift`, `expired`. */
  reason: string;
  /** Input field the message is about, dotted. */
  field?: string;
  /** Further facts a screen may show. Never a secret. */
  facts?: Record<string, unknown>;
}

/** The one error family that services throw. `message` is a sentence for a person. */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly details: DomainErrorDetails;

  constructor(code: DomainErrorCode, message: string, details: DomainErrorDetails & { cause?: unknown }) {
    const { cause, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "DomainError";
    this.code = code;
    this.details = rest;
  }
}

/** Asserts an invariant that only a programming mistake can break. */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${sentence}`);
}
