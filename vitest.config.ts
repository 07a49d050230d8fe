import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Folders whose tests need Postgres; everything else starts without it. */
const WITH_DATABASE = ["app", "db", "server/{api,auth,cli,runner,services,supervisor,testing}"].map(
  (folder) => `${folder}/**/*.test.{ts,tsx}`,
);

const SHARED = {
  // Real Postgres, TLS and processes on two busy cores: a limit for what hangs, not a measure.
  testTimeout: 90_000,
  hookTimeout: 240_000,
  // As in the browser: a second try, which bin/lib/second-tries.mjs names, keeps one slow moment of a shared machine from hiding the rest.
  retry: process.env["CI"] === undefined ? 0 : 1,
  exclude: ["node_modules", ".next", "dist", "e2e"],
};

export default defineConfig({
  test: {
    // With --coverage: what decides, verifies or masks has no branch that no test takes.
    coverage: {
      provider: "v8",
      include: [
        "server/domain/{approval,audit,effect,gate,secret,signed-operation,sshsig}/*.ts",
        "server/domain/policy/decide.ts",
      ],
      exclude: ["**/*.test.ts"],
      thresholds: { branches: 100 },
    },
    // Many tests wait for processes and for Postgres: with a worker a core, a fifth of the machine stood idle.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // A connection that breaks at a bad moment fails postgres.js where nobody can catch it: in a write of its own
    // (https://github.com/porsager/postgres/issues/1208), and in its first question for the types of arrays. It ends a
    // process, which its supervisor starts again. Tests that cut connections are not about that.
    onUnhandledError: (error) =>
      !(error.stack ?? "").includes("node_modules/postgres/src/connection.js") &&
      !("query" in error && String(error["query"]).includes("pg_catalog.pg_type")),
    projects: [
      {
        test: {
          ...SHARED,
          name: "unit",
          include: ["bin/**/*.test.mjs", "{components,server}/**/*.test.{ts,tsx}"],
          exclude: [...SHARED.exclude, ...WITH_DATABASE],
        },
      },
      {
        test: {
          ...SHARED,
          name: "database",
          include: WITH_DATABASE,
          globalSetup: ["server/testing/postgres-setup.ts"],
        },
      },
    ],
  },
});
