import { closeSync } from "node:fs";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "#db/client.ts";
import { assertGrants, migrate } from "#db/migrate.ts";
import type { SupervisorEnv } from "#server/env.ts";
import { backoffMs } from "./backoff.ts";
import { databaseSentence, requireVersion } from "./database-sentence.ts";
import { keepSecret } from "./kept-file.ts";
import { openLog } from "./log-file.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./postgres.ts";
import { appRoleOf, ensureAppRole } from "./roles.ts";

export interface Database {
  readonly ownerUrl: string;
  /** In words, for the summary. */
  readonly place: string;
  readonly notice: string | null;
  stop(): Promise<void>;
}

/** Starts the embedded Postgres and keeps it running, or answers the one that DATABASE_URL names. */
export async function startDatabase(env: SupervisorEnv, tell: (sentence: string) => void): Promise<Database> {
  if (env.databaseUrl !== null) return useGiven(env.databaseUrl);
  const logFile = join(env.dataDir, "logs/postgres.log");
  closeSync(openLog(logFile));
  const start = (socketDir?: string) =>
    startEmbeddedPostgres({
      dataDir: env.dataDir,
      logFile,
      ...(socketDir === undefined ? {} : { socketDir }),
    });
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

async function useGiven(ownerUrl: string): Promise<Database> {
  const connection = connect(ownerUrl, { max: 1 });
  try {
    const [row] = await connection.sql<{ version: number }[]>`
      select current_setting('server_version_num')::int as version`;
    requireVersion(row?.version ?? 0);
  } catch (error) {
    throw databaseSentence("DATABASE_URL", ownerUrl, error);
  } finally {
    await connection.close();
  }
  const { host, pathname } = new URL(ownerUrl);
  return { ownerUrl, place: `${host}${pathname}`, notice: null, stop: () => Promise.resolve() };
}

async function keepRunning(
  state: { postgres: EmbeddedPostgres; isStopping: boolean },
  start: (socketDir: string) => Promise<EmbeddedPostgres>,
  tell: (sentence: string) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const code = await state.postgres.exited;
    if (state.isStopping) return;
    tell(`Postgres ended (code ${code}); starting it again. Web and runner wait for it.`);
    await wait(backoffMs(attempt), null, { ref: false });
    if (state.isStopping) return;
    try {
      // The same socket: web and runner know no other address.
      state.postgres = await start(state.postgres.socketDir);
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
  const appUrl = await orSentence("DATABASE_URL", ownerUrl, async () => {
    const url = env.databaseAppUrl ?? (await ensureAppRole(ownerUrl, generatedRole(env, ownerUrl)));
    await migrate(ownerUrl, decodeURIComponent(new URL(url).username), migrations);
    return url;
  });
  const variable = env.databaseAppUrl === null ? "DATABASE_URL" : "DATABASE_APP_URL";
  await orSentence(variable, appUrl, () => assertGrants(appUrl));
  return appUrl;
}

/** With a database of several hosts the password comes from the key they share, so that each arrives at the same. */
function generatedRole(env: SupervisorEnv, ownerUrl: string): { role: string; password: string } {
  const role = appRoleOf(ownerUrl);
  const password =
    env.databaseUrl === null || env.sealKey === null
      ? keepSecret(env.dataDir, "app-role-password", "base64url")
      : createHmac("sha256", Buffer.from(env.sealKey, "base64"))
          .update(`countersign application role ${role}`)
          .digest("base64url");
  return { role, password };
}

async function orSentence<T>(variable: string, url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseSentence(variable, url, error);
  }
}
