import { join } from "node:path";
import { assertGrants, migrate } from "#db/migrate.ts";
import type { SupervisorEnv } from "#server/env.ts";
import { backoffMs } from "./backoff.ts";
import { keepSecret } from "./kept-file.ts";
import { openLog } from "./log-file.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./postgres.ts";
import { APP_ROLE, ensureAppRole } from "./roles.ts";
import { setTimeout as wait } from "node:timers/promises";
import { closeSync } from "node:fs";

export interface Database {
  readonly ownerUrl: string;
  /** In words, for the summary. */
  readonly place: string;
  readonly notice: string | null;
  stop(): Promise<void>;
}

/** Starts the embedded Postgres and keeps it running, or answers the one that DATABASE_URL names. */
export async function startDatabase(env: SupervisorEnv, tell: (sentence: string) => void): Promise<Database> {
  if (env.databaseUrl !== null) {
    const { host, pathname } = new URL(env.databaseUrl);
    return {
      ownerUrl: env.databaseUrl,
      place: `${host}${pathname}`,
      notice: null,
      stop: () => Promise.resolve(),
    };
  }
  const logFile = join(env.dataDir, "logs/postgres.log");
  closeSync(openLog(logFile));
  const start = () => startEmbeddedPostgres({ dataDir: env.dataDir, logFile });
  const state = { postgres: await start(), isStopping: false };
  const loop = keepRunning(state, start, tell);
  return {
    ownerUrl: state.postgres.ownerUrl,
    place: env.dataDir,
    notice: state.postgres.notice,
    stop: async () => {
      state.isStopping = true;
      await state.postgres.stop();
      await loop;
    },
  };
}

async function keepRunning(
  state: { postgres: EmbeddedPostgres; isStopping: boolean },
  start: () => Promise<EmbeddedPostgres>,
  tell: (sentence: string) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const code = await state.postgres.exited;
    if (state.isStopping) return;
    tell(`Postgres ended (code ${code}); starting it again. Web and runner wait for it.`);
    await wait(backoffMs(attempt), null, { ref: false });
    if (state.isStopping) return;
    try {
      state.postgres = await start();
      tell("Postgres runs again.");
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Brings tables, roles and grants up to date and answers the application's address. */
export async function prepareDatabase(
  env: SupervisorEnv,
  ownerUrl: string,
  migrations: string,
): Promise<string> {
  const appUrl =
    env.databaseAppUrl ??
    (await ensureAppRole(ownerUrl, keepSecret(env.dataDir, "app-role-password", "base64url")));
  const appRole =
    env.databaseAppUrl === null ? APP_ROLE : decodeURIComponent(new URL(env.databaseAppUrl).username);
  await migrate(ownerUrl, appRole, migrations);
  await assertGrants(appUrl);
  return appUrl;
}
