import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { connect } from "#db/client.ts";
import { assertGrants, migrate } from "#db/migrate.ts";
import { startEmbeddedPostgres } from "#server/supervisor/postgres.ts";
import { ensureAppRole } from "#server/supervisor/roles.ts";
import { onDatabase } from "./database-url.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Addresses of the migrated template that every test database is cloned from. */
    template: { ownerUrl: string; appUrl: string };
    /** How many runs the test of random kills makes, and what its dice begin with. */
    kills: { runs: number; seed: number };
  }
}

/** Not an installation's own role: DATABASE_URL may name a server that has one. */
const TEST_ROLE = "countersign_test_app";

/** Enough to notice what broke; the figure to keep, a thousand, is made by hand with `npm run kills -- 1000`. */
const KILLS = { runs: 20, seed: 20_260_101 };

/** One Postgres for the whole run: DATABASE_URL when given, else an embedded one in a temporary folder. */
async function startServer(): Promise<{ ownerUrl: string; stop(): Promise<void> }> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined && given !== "") return { ownerUrl: given, stop: () => Promise.resolve() };
  const dataDir = mkdtempSync(join(tmpdir(), "countersign-test-"));
  chmodSync(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, isDisposable: true });
  return {
    ownerUrl: server.ownerUrl,
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Vitest's global setup: makes the template once and takes it away when the run ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  const name = `countersign_template_${process.pid}`;
  const admin = connect(server.ownerUrl, { max: 1 });
  await admin.sql`drop database if exists ${admin.sql(name)}`;
  await admin.sql`create database ${admin.sql(name)}`;
  const ownerUrl = onDatabase(server.ownerUrl, name);
  const appUrl = await ensureAppRole(ownerUrl, { role: TEST_ROLE, password: "p".repeat(32) });
  await migrate(ownerUrl, TEST_ROLE, resolve("db/migrations"));
  await assertGrants(appUrl);
  project.provide("template", { ownerUrl, appUrl });
  project.provide("kills", {
    runs: Number(process.env["KILL_RUNS"] ?? KILLS.runs),
    seed: Number(process.env["KILL_SEED"] ?? KILLS.seed),
  });
  return async () => {
    await admin.sql`drop database if exists ${admin.sql(name)} with (force)`;
    await admin.close();
    await server.stop();
  };
}
