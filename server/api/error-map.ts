import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import * as z from "zod";
import { DomainError, type DomainErrorCode } from "#server/domain/error/domain-error.ts";

const CODES = {
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  invalid: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  approval_required: "PRECONDITION_FAILED",
  stale: "PRECONDITION_FAILED",
  limit: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
} satisfies Record<DomainErrorCode, TRPC_ERROR_CODE_KEY>;

/** What a client learns of a refusal: a code, the specific reason, and the field it is about. */
export interface ErrorFacts {
  code: DomainErrorCode;
  reason: string;
  field: string | null;
  facts: Record<string, unknown> | null;
}

/** Postgres conditions under which the database is away: class 08 and 57P0x, and a refused or lost socket. */
const AWAY =
  /^(08\d{3}|57P0\d|ECONNREFUSED|ECONNRESET|ENOENT|CONNECTION_CLOSED|CONNECTION_ENDED|CONNECT_TIMEOUT|CONNECTION_DESTROYED)$/;

/** The error to answer with, mapped once for every procedure. Unknown ones become an internal error without a word of their cause. */
export function toApiError(cause: unknown): TRPCError {
  if (cause instanceof TRPCError && !(cause.cause instanceof DomainError)) return cause;
  const root = cause instanceof TRPCError ? cause.cause : cause;
  if (root instanceof DomainError)
    return new TRPCError({ code: CODES[root.code], message: root.message, cause: root });
  if (root instanceof z.ZodError) {
    const [issue] = root.issues;
    const field = issue?.path.join(".") ?? "";
    const refusal = new DomainError("invalid", issue?.message ?? "The input is not valid.", {
      reason: "invalid_input",
      field,
    });
    return new TRPCError({ code: "BAD_REQUEST", message: refusal.message, cause: refusal });
  }
  if (isDatabaseAway(root)) {
    const refusal = new DomainError(
      "unavailable",
      "The database does not answer. Nothing was changed; try again in a moment.",
      { reason: "database_away", cause: root },
    );
    return new TRPCError({ code: "SERVICE_UNAVAILABLE", message: refusal.message, cause: refusal });
  }
  return new TRPCError({
    code: "INTERNAL_SERVER_ERROR",
    message:
      "Something went wrong inside the console. It has been logged; nothing was changed by this request.",
    cause: root,
  });
}

export function factsOf(error: TRPCError): ErrorFacts | null {
  if (!(error.cause instanceof DomainError)) return null;
  const { code, details } = error.cause;
  return { code, reason: details.reason, field: details.field ?? null, facts: details.facts ?? null };
}

// drizzle-orm wraps the driver's error; postgres.js and the socket both put their code into `code`.
function isDatabaseAway(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && AWAY.test(at.code)) return true;
  }
  return false;
}
