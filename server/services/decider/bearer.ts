import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether a request's `Authorization` header presents this token. Digests are compared, so that neither length nor time
 * say anything about it.
 */
export function isBearer(token: string, header: string | null | undefined): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(`Bearer ${token}`), digest(header ?? ""));
}
