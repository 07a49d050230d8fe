"use client";

import { type ReactNode, useState } from "react";
import type { ApiError } from "#components/trpc/refusal.tsx";
import { StepUpDialog } from "./step-up-dialog.tsx";

/** Whether an act was refused only for want of a fresh proof of the person. */
function wantsStepUp(error: ApiError | null): boolean {
  return error?.data?.refusal?.reason === "step_up_required";
}

/**
 * Carries out an act that may ask who is at the keyboard: the dialog comes only when the server wants it, and the act is
 * tried again after it. `error` is the act's own refusal, without the one that the dialog answers.
 */
export function useStepUp(act: { error: ApiError | null; again: () => void }): {
  dialog: ReactNode;
  error: ApiError | null;
} {
  const [closedFor, setClosedFor] = useState<ApiError | null>(null);
  const asked = wantsStepUp(act.error);
  return {
    error: asked && closedFor !== act.error ? null : act.error,
    dialog:
      asked && closedFor !== act.error ? (
        <StepUpDialog onProven={act.again} close={() => setClosedFor(act.error)} />
      ) : null,
  };
}
