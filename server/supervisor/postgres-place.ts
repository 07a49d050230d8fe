import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canReach, findAccount, type Account } from "./account.ts";
import { copyBinaries, locateBinaries, type Binaries } from "./postgres-binaries.ts";
import { SentenceError } from "./sentence-error.ts";
import { systemCode } from "./system-error.ts";

/** Where one embedded Postgres lives. */
export interface Place {
  readonly account: Account | null;
  readonly binaries: Binaries;
  readonly clusterDir: string;
  readonly socketDir: string;
  /** A sentence for the person when the data is not where they would look for it. */
  readonly notice: string | null;
}

/** sun_path holds 104 bytes on macOS and 108 on Linux, the final NUL included (unix(4), unix(7)). */
const SOCKET_PATH_MAX_BYTES = 103;
const SOCKET_NAME = "/.s.PGSQL.5432";
const PASS_ONLY = 0o711;

/** Decides where data, binaries and socket go, makes the folders and hands them to the account. */
export function preparePlace(dataDir: string, knownSocketDir: string | null): Place {
  mkdirSync(dataDir, { recursive: true });
  const account = findAccount();
  const installed = locateBinaries();
  const home = chooseHome(dataDir, account);
  const binaries =
    account !== null && !canReach(account, join(installed.dir, "bin"))
      ? copyBinaries(installed, home.dir)
      : installed;
  const clusterDir = join(home.dir, "postgres");
  refuseForeignCluster(clusterDir, account, binaries);
  const socketDir = makeSocketDir(knownSocketDir ?? chooseSocketDir(home.dir), account);
  return { account, binaries, clusterDir, socketDir, notice: home.notice };
}

function chooseHome(dataDir: string, account: Account | null): { dir: string; notice: string | null } {
  if (account === null) return { dir: dataDir, notice: null };
  chmodSync(dataDir, PASS_ONLY);
  if (canReach(account, dataDir)) return { dir: dataDir, notice: null };
  const name = `countersign-${createHash("sha256").update(dataDir).digest("hex").slice(0, 12)}`;
  const dir = makeReachable(name, account);
  return {
    dir,
    notice:
      `The database is in ${dir}: Postgres runs as ${account.name}, which cannot reach ${dataDir}.` +
      (dir.startsWith("/var/lib/")
        ? ""
        : " That is a temporary folder; set COUNTERSIGN_DATA_DIR to keep the data."),
  };
}

function makeReachable(name: string, account: Account): string {
  for (const parent of ["/var/lib", tmpdir()]) {
    const dir = join(parent, name);
    try {
      mkdirSync(dir, { recursive: true });
      chmodSync(dir, PASS_ONLY);
    } catch (error) {
      // A read-only system folder, as in many containers: the next one.
      if (["EROFS", "EACCES", "EPERM", "ENOENT"].includes(systemCode(error) ?? "")) continue;
      throw error;
    }
    if (statSync(dir).uid === 0 && canReach(account, dir)) return dir;
  }
  throw new SentenceError(
    `Postgres runs as ${account.name}, which can reach neither /var/lib nor the temporary folder. ` +
      "Set COUNTERSIGN_DATA_DIR to a folder it can reach, start as another user, or set DATABASE_URL.",
  );
}

function refuseForeignCluster(clusterDir: string, account: Account | null, binaries: Binaries): void {
  if (!existsSync(clusterDir)) return;
  const owner = statSync(clusterDir).uid;
  if (owner !== (account?.uid ?? process.getuid?.() ?? owner)) {
    throw new SentenceError(
      `The database in ${clusterDir} belongs to user id ${owner}: it was made by starting as someone else. ` +
        "Start as that user again, or set COUNTERSIGN_DATA_DIR to another folder.",
    );
  }
  const made = readFileSync(join(clusterDir, "PG_VERSION"), "utf8").trim();
  const major = binaries.version.split(".")[0] ?? "";
  if (made !== major) {
    throw new SentenceError(
      `The database in ${clusterDir} was made by Postgres ${made}; this version of Countersign brings ${major}. ` +
        "Nothing was changed. Start the earlier version, or set DATABASE_URL to a server that holds the data.",
    );
  }
}

/** The folder of the socket: beside the data, or a short random one where that path would not fit. */
function chooseSocketDir(homeDir: string): string {
  const beside = join(homeDir, "run");
  const isPlain = /^[A-Za-z0-9/_.-]+$/.test(beside);
  const fits = Buffer.byteLength(beside + SOCKET_NAME) <= SOCKET_PATH_MAX_BYTES;
  return isPlain && fits ? beside : mkdtempSync(join(shortTemp(), "cs-"));
}

function makeSocketDir(dir: string, account: Account | null): string {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  if (account !== null) chownSync(dir, account.uid, account.gid);
  return dir;
}

/** macOS hands out a temporary folder of 49 bytes, and TMPDIR may be anything. */
function shortTemp(): string {
  const dir = tmpdir();
  return Buffer.byteLength(dir) <= 60 && /^[A-Za-z0-9/_.-]+$/.test(dir) ? dir : "/tmp";
}

/** Removes a socket folder that lies outside the data. */
export function removeSocketDir(place: Place): void {
  if (place.socketDir.startsWith(join(place.clusterDir, ".."))) return;
  rmSync(place.socketDir, { recursive: true, force: true });
}
