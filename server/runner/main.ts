import { randomUUID } from "node:crypto";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { connect } from "#db/client.ts";
import { now } from "#server/clock.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { EnvironmentError, runnerEnv } from "#server/env.ts";
import { log } from "#server/log.ts";
import { HANDLERS } from "#server/operations/handlers.ts";
import { CertificateRunner } from "./certificate/certificate-runner.ts";
import { keepEngineToken } from "./certificate/engine-token.ts";
import { certificateSigner } from "./certificate/signer.ts";
import { CheckRunner } from "./check/check-runner.ts";
import { describeError } from "./database-error.ts";
import { loadClouds } from "./configured-clouds.ts";
import { deriveInstallationKey, LogError } from "./heads.ts";
import { LogKeeper } from "./log-keeper.ts";
import { POLL_EVERY_MS } from "./limits.ts";
import { noBoundary, PATIENCE, type RunnerParts } from "./parts.ts";
import { openGuestPace } from "./guest-pace.ts";
import { Runner } from "./runner.ts";
import { findContainment } from "./process/containment.ts";
import { createSealer, SealError } from "./sealing.ts";
import { assertSealKey } from "./vault.ts";
import { wait } from "./wait.ts";

async function main(): Promise<void> {
  const env = runnerEnv();
  const { clouds, problems } = loadClouds({
    names: env.clouds,
    clientConfigFile: env.clientConfigFile,
    embeddedCloudsFile: env.embeddedCloudsFile,
    workingDir: process.cwd(),
    homeDir: homedir(),
  });
  for (const problem of problems) log.error(problem);
  if (clouds.size === 0) throw new CannotStart(`No cloud can be used. ${problems.join(" ")}`);
  const connection = connect(env.databaseAppUrl, { max: 20 });
  const sealer = createSealer(env.sealKey);
  const parts: RunnerParts = {
    runnerId: randomUUID(),
    db: connection.db,
    sql: connection.sql,
    clouds,
    catalogue: CATALOGUE,
    handlers: HANDLERS,
    sealer,
    signer: certificateSigner(sealer),
    containment: await findContainment(),
    signatureNamespace: env.signatureNamespace,
    now,
    wait,
    patience: PATIENCE,
    guestPace: openGuestPace({ perMinute: env.guestRate, now, wait }),
    boundary: noBoundary,
  };
  const runner = new Runner(parts, {
    databaseAppUrl: env.databaseAppUrl,
    place: { host: hostname(), pid: process.pid, isAlive },
    runbooksFolder: resolve("runbooks"),
    tenantPool: env.tenantPool,
  });
  const checks = new CheckRunner(parts, {
    databaseAppUrl: env.databaseAppUrl,
    isLocalHostOn: env.isLocalHostOn,
  });
  const certificates = new CertificateRunner(parts, env.databaseAppUrl);
  const keeper = new LogKeeper(
    { db: connection.db, key: deriveInstallationKey(env.sealKey), now },
    {
      databaseAppUrl: env.databaseAppUrl,
      folder: join(env.dataDir, "audit"),
      git: env.auditGit,
      webhook: env.auditWebhook,
      acceptRestore: env.acceptRestore,
      wait,
    },
  );
  stopOnSignals(async () => {
    for (const part of [certificates, checks, runner, keeper]) await part.stop();
    await connection.close();
  });
  await assertSealKey(parts.db, parts.sealer);
  // Before a job is taken over: a log that was cut or put back says what may not run again.
  await keeper.start();
  await runner.start();
  await checks.start();
  if (env.sshEngine !== null) await keepEngineToken(parts, env.sshEngine);
  await certificates.start();
  setInterval(() => {
    if (!runner.isTurning()) giveUp(new Error("The runner's loop hangs."));
  }, POLL_EVERY_MS).unref();
  log.info({ runnerId: parts.runnerId, clouds: [...clouds.keys()] }, "runner is ready");
  process.send?.({ type: "ready", ...(problems.length === 0 ? {} : { notes: problems }) });
}

/** A setting that keeps the runner from starting, in words for whoever made it. */
class CannotStart extends Error {}

/** Once, on the first of: SIGTERM, SIGINT, a parent that is gone. */
function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false;
  const end = (cause: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ cause }, "runner stops");
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(
          { problem: describeError(error) },
          "the runner could not stop in order; recovery will look at its jobs",
        );
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("SIGINT", () => end("SIGINT"));
  process.on("disconnect", () => end("parent gone"));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Tells the log, and the supervisor's terminal where the words are meant for people, and ends. */
function giveUp(error: unknown): void {
  const problem = describeError(error);
  log.fatal({ problem }, problem.message);
  const isForPeople =
    error instanceof CannotStart ||
    error instanceof SealError ||
    error instanceof LogError ||
    error instanceof EnvironmentError;
  if (!isForPeople || process.send === undefined) process.exit(1);
  // Ends once the words are on their way.
  process.send({ type: "refused", says: error.message }, () => process.exit(1));
}

main().catch(giveUp);
