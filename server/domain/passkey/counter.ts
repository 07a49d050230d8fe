/**
 * Whether a signature counter has gone on (WebAuthn, 7.2, step 22). One that stands still or falls is the sign of a second
 * copy of the authenticator; 0 both times is an authenticator that does not count.
 */
export function hasCountedOn(kept: number, given: number): boolean {
  return (kept === 0 && given === 0) || given > kept;
}
