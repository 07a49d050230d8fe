const TIME = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:Z|UTC)$/i;

/**
 * A time of allowed_signers and of `ssh-keygen -O verify-time`: YYYYMMDD[HHMM[SS]] with Z or UTC behind it, or null.
 * Without a zone OpenSSH takes the machine's own time, which differs between two machines; it is refused here, and so
 * are dates and clock times that do not exist.
 */
export function parseAbsoluteTime(text: string): Date | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  // OpenSSH takes 0 for "no time", so the epoch itself is none.
  if (year < 1970 || hour > 23 || minute > 59 || second > 59) return null;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal = time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
  return isReal && time.getTime() > 0 ? time : null;
}
