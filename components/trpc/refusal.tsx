import type { TRPCClientErrorLike } from "@trpc/client";
import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import type { AppRouter } from "#server/api/root.ts";

export type ApiError = TRPCClientErrorLike<AppRouter>;

/** The server's own sentence, or what to make of a request that was never answered. */
export function sayError(error: ApiError): string {
  if (error.data !== undefined && error.data !== null) return error.message;
  return "The console did not answer, so it is not known whether this took. Check your connection and try again; asking twice does nothing twice.";
}

/** The sentence when it is about this input field, else null. */
export function errorOfField(error: ApiError | null, field: string): string | null {
  return error !== null && error.data?.refusal?.field === field ? error.message : null;
}

/** A refused act, said in place. */
export function RefusalNotice({ error, action }: { error: ApiError | null; action?: ReactNode }) {
  if (error === null) return null;
  return <Notice kind="danger" title={sayError(error)} live {...(action === undefined ? {} : { action })} />;
}
