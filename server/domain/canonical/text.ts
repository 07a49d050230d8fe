/**
 * Whether a text can be kept and hashed as it is: Postgres holds no NUL (its documentation, section 8.3), and half of a
 * surrogate pair has no UTF-8 form.
 */
export function isKeepable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
