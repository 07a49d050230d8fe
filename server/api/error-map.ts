import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import * as z from "zod";
import { DomainError, type DomainErrorCode } from "#server/domain/error/domain-error.ts";
import { databaseRefusal, loggable } from "#server/services/database-refusal.ts";

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

/** The words of a schema name what it does not know: an input of a megabyte would come back as one. */
const short = (text: string) => (text.length > 400 ? `${text.slice(0, 400)} ...` : text);

/** The error to answer with, mapped once for every procedure. Unknown ones become an internal error without a word of their cause. */
export function toApiError(cause: unknown): TRPCError {
  // tRPC wraps whatever was thrown in an error of its own with the thrown message.
  const root = cause instanceof TRPCError && cause.cause !== undefined ? cause.cause : cause;
  if (root instanceof TRPCError) return root;
  if (root instanceof DomainError) return ofRefusal(root);
  if (root instanceof z.ZodError) {
    const [issue] = root.issues;
    const field = issue?.path.join(".") ?? "";
    return ofRefusal(
      new DomainError("invalid", short(issue?.message ?? "The input is not valid."), {
        reason: "invalid_input",
        field: short(field),
      }),
    );
  }
  const refusal = databaseRefusal(root);
  if (refusal) return ofRefusal(refusal);
  return new TRPCError({
    code: "INTERNAL_SERVER_ERROR",
    message:
      "Something went wrong inside the console. It has been logged; nothing was changed by this request.",
    cause: loggable(root),
  });
}

function ofRefusal(refusal: DomainError): TRPCError {
  return new TRPCError({ code: CODES[refusal.code], message: refusal.message, cause: refusal });
}

export function factsOf(error: TRPCError): ErrorFacts | null {
  if (!(error.cause instanceof DomainError)) return null;
  const { code, details } = error.cause;
  return { code, reason: details.reason, field: details.field ?? null, facts: details.facts ?? null };
}
