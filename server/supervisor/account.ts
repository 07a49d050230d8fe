import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { SentenceError } from "./sentence-error.ts";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Postgres refuses to run as root, so root lends it one of these, the first that exists. */
const CANDIDATES = ["postgres", "_postgres", "nobody"];

const isRoot = () => process.getuid?.() === 0;

/** Account Postgres runs as: null is the present user, who is not root. */
export function findAccount(): Account | null {
  if (!isRoot()) return null;
  for (const name of CANDIDATES) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== null && gid !== null && uid !== 0) return { name, uid, gid };
  }
  throw new SentenceError(
    "Postgres does not run as root, and this machine has neither a postgres nor a nobody account to lend it. " +
      "Start as another user, or set DATABASE_URL.",
  );
}

function idOf(flag: string, name: string): number | null {
  try {
    return Number(
      execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    // `id` fails for an account that does not exist.
    return null;
  }
}

/**
 * Whether the account may pass through every existing folder up to `path`, that one included.
 * Looks at mode bits; an access list that forbids more shows itself when Postgres starts.
 */
export function canReach(account: Account, path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && !mayPass(account, folder)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function mayPass(account: Account, folder: string): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
