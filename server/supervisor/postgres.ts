import { execFile } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { setTimeout as wait } from "node:timers/promises";
import { plainEnv } from "#server/env.ts";
import { tailOf } from "./log-file.ts";
import { preparePlace, removeSocketDir, type Place } from "./postgres-place.ts";
import { ensureOwner } from "./roles.ts";
import { SentenceError } from "./sentence-error.ts";
import { clearStalePid } from "./stale-pid.ts";
import { systemCode } from "./system-error.ts";
import { spawnWatched, type Watched } from "./watched.ts";

const run = promisify(execFile);

/** Recovery after a power cut reads up to max_wal_size (1 GB) back: minutes on a slow disk, not more. */
const READY_TIMEOUT_MS = 300_000;
const POLL_MS = 20;
/** A fast shutdown writes one checkpoint; after this the data is still safe, only the next start is slower. */
const STOP_TIMEOUT_MS = 30_000;

export interface EmbeddedPostgres {
  /** Address of the database for the role that owns its tables. */
  readonly ownerUrl: string;
  /** Resolves with the exit code when Postgres has ended, asked or not. */
  readonly exited: Promise<number>;
  /** A sentence for the person when the data is not where they would look for it. */
  readonly notice: string | null;
  /** Folder of the socket; the next start of the same installation takes it again. */
  readonly socketDir: string;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Folder of everything this installation keeps; made when absent. */
  readonly dataDir: string;
  /** Where Postgres writes its log; postgres.log in the data folder unless said otherwise. */
  readonly logFile?: string;
  /** Gives up safety against a power cut for speed: for tests only. */
  readonly isDisposable?: boolean;
  /** Folder of the socket at the last start, where others still know that address. */
  readonly socketDir?: string;
}

/**
 * Starts the Postgres that npm installed: made on the first start, reachable by a unix socket only, ended
 * with this process even if it is killed. The caller holds the lock of the data folder.
 * Throws SentenceError when it cannot.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = preparePlace(options.dataDir, options.socketDir ?? null);
  await initialise(place);
  await clearStalePid(place.clusterDir);
  const logFile = options.logFile ?? join(options.dataDir, "postgres.log");
  const watched = launch(place, logFile, options.isDisposable === true);
  await waitUntilReady(place, watched, logFile);
  const ownerUrl = await ensureOwner(place.socketDir);
  const { notice, socketDir } = place;
  return { ownerUrl, exited: watched.exited, notice, socketDir, stop: () => stop(place, watched) };
}

/** Makes the cluster under a temporary name, so that an interrupted attempt is not taken for a whole one. */
async function initialise(place: Place): Promise<void> {
  if (existsSync(place.clusterDir)) return;
  const { account } = place;
  const partial = `${place.clusterDir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  if (account !== null) chownSync(partial, account.uid, account.gid);
  const args = [
    `--pgdata=${partial}`,
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--auth-local=trust",
    "--auth-host=reject",
  ];
  try {
    await run(join(place.binaries.dir, "bin/initdb"), args, {
      cwd: partial,
      env: plainEnv(),
      ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
    });
  } catch (error) {
    throw new SentenceError(
      `The database could not be made in ${place.clusterDir}: ${wordsOf(error)}`,
      error,
    );
  }
  renameSync(partial, place.clusterDir);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const written = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  return written === "" ? error.message : written;
}

/** Databases that live for seconds are not swept, and no sweeper holds one that is to be dropped. */
const DISPOSABLE_SETTINGS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"];

function launch(place: Place, logFile: string, isDisposable: boolean): Watched {
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${place.socketDir}`,
    "unix_socket_permissions=0700",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
    ...(isDisposable ? DISPOSABLE_SETTINGS : []),
  ];
  const command = [
    join(place.binaries.dir, "bin/postgres"),
    "-D",
    place.clusterDir,
    ...settings.flatMap((setting) => ["-c", setting]),
  ];
  const logFd = openSync(logFile, "a", 0o600);
  try {
    return spawnWatched(command, {
      stopSignal: "INT",
      env: plainEnv(),
      cwd: place.clusterDir,
      logFd,
      account: place.account,
    });
  } finally {
    closeSync(logFd);
  }
}

/** The eighth line of postmaster.pid says when connections are accepted, as pg_ctl reads it (miscadmin.h). */
async function waitUntilReady(place: Place, watched: Watched, logFile: string): Promise<void> {
  const ended = { code: null as number | null };
  void watched.exited.then((code) => (ended.code = code));
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (statusOf(place.clusterDir) !== "ready") {
    if (ended.code !== null) {
      throw new SentenceError(`Postgres ended while starting (code ${ended.code}).\n${tailOf(logFile)}`);
    }
    if (Date.now() > deadline) {
      watched.stop();
      throw new SentenceError(`Postgres was not ready after five minutes.\n${tailOf(logFile)}`);
    }
    await wait(POLL_MS);
  }
}

function statusOf(clusterDir: string): string | null {
  try {
    return readFileSync(join(clusterDir, "postmaster.pid"), "utf8").split("\n")[7]?.trim() ?? null;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}

async function stop(place: Place, watched: Watched): Promise<void> {
  watched.stop();
  const inTime = await Promise.race([
    watched.exited.then(() => true),
    wait(STOP_TIMEOUT_MS, false, { ref: false }),
  ]);
  if (!inTime) throw new SentenceError(`Postgres did not stop within ${STOP_TIMEOUT_MS / 1000} seconds.`);
  removeSocketDir(place);
}
