/** From when to when a key may sign; null: without a bound. */
export interface ValidityWindow {
  validAfter: Date | null;
  validBefore: Date | null;
}

/** Whether a moment lies in the window: whole seconds, both ends included, as allowed_signers of ssh-keygen(1) has it. */
export function isInWindow({ validAfter, validBefore }: ValidityWindow, now: Date): boolean {
  const second = Math.floor(now.getTime() / 1000);
  const hasBegun = validAfter === null || second >= validAfter.getTime() / 1000;
  return hasBegun && (validBefore === null || second <= validBefore.getTime() / 1000);
}
