import type { OperationStep } from "#server/domain/signed-operation/verify.ts";

/** What each step of the pipeline asks. */
export const STEP_TITLES: Record<OperationStep, string> = {
  parse: "Is it one SSH signature?",
  namespace: "Was it made for this purpose?",
  public_key: "Is the key well formed and strong enough?",
  signer: "Is the key enrolled and valid now?",
  signature: "Does it fit exactly these bytes?",
  operation: "Are the bytes one operation?",
  target: "Is it meant for this installation?",
  time: "Is now within its time?",
  nonce: "Is it presented for the first time?",
  role: "May a key of this role sign it?",
  binding: "Is it what is about to be carried out?",
};
