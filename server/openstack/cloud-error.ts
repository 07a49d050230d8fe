export type CloudErrorCode =
  | "refused" // nobody took the connection
  | "unreachable" // no such name, no route, no endpoint
  | "tls" // the other end could not prove who it is
  | "timeout"
  | "cut" // the connection ended before the answer did
  | "http" // an answer with a status the caller does not accept
  | "bad_body" // an answer that cannot be read
  | "origin_refused" // the catalog points outside the allowed origins
  | "unauthenticated"; // the identity service does not accept these credentials

/** Whether the request took effect in the cloud. Only `not_applied` may be sent again unseen. */
export type CloudOutcome = "not_applied" | "applied" | "unknown";

export interface CloudErrorFacts {
  readonly code: CloudErrorCode;
  readonly outcome: CloudOutcome;
  readonly method: string;
  /** Without user info and without secret query values. */
  readonly url: string;
  /** The statuses the caller accepts, in words: "2xx" or "201, 409". */
  readonly expected: string;
  /** The status that came, or null when no answer came. */
  readonly actual: number | null;
  readonly requestId: string | null;
  /** Redacted and truncated, or null when there was no body. */
  readonly bodyExcerpt: string | null;
  /** The machine's word for the cause (ECONNRESET, CERT_HAS_EXPIRED), or null. */
  readonly causeCode: string | null;
  /** From Retry-After, when the cloud gave one in seconds. */
  readonly retryAfterSeconds: number | null;
  /** What happened, what was not done, what to do next. */
  readonly says: string;
}

/**
 * A call to a cloud that gave no usable answer. It never keeps the underlying error: those carry
 * request headers, and with them tokens.
 */
export class CloudError extends Error implements CloudErrorFacts {
  override readonly name = "CloudError";
  readonly code: CloudErrorCode;
  readonly outcome: CloudOutcome;
  readonly method: string;
  readonly url: string;
  readonly expected: string;
  readonly actual: number | null;
  readonly requestId: string | null;
  readonly bodyExcerpt: string | null;
  readonly causeCode: string | null;
  readonly retryAfterSeconds: number | null;
  readonly says: string;

  constructor(facts: CloudErrorFacts) {
    super(facts.says);
    this.code = facts.code;
    this.outcome = facts.outcome;
    this.method = facts.method;
    this.url = facts.url;
    this.expected = facts.expected;
    this.actual = facts.actual;
    this.requestId = facts.requestId;
    this.bodyExcerpt = facts.bodyExcerpt;
    this.causeCode = facts.causeCode;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.says = facts.says;
  }
}

export type CloudErrorSeed = Pick<CloudErrorFacts, "code" | "outcome" | "method" | "url" | "says"> &
  Partial<CloudErrorFacts>;

/** A CloudError whose unnamed facts are "no answer came". */
export function cloudError(seed: CloudErrorSeed): CloudError {
  return new CloudError({
    expected: "2xx",
    actual: null,
    requestId: null,
    bodyExcerpt: null,
    causeCode: null,
    retryAfterSeconds: null,
    ...seed,
  });
}

/** The sentence that closes every error: what the outcome means for the person. */
export function outcomeInWords(outcome: CloudOutcome, changes: boolean): string {
  switch (outcome) {
    case "not_applied":
      return changes ? "Nothing was changed." : "Nothing was read.";
    case "applied":
      return "The cloud says the change was made, but its answer could not be used: read it back.";
    case "unknown":
      return "It is not known whether the change was made: read it back before sending it again.";
  }
}
