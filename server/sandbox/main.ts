import { parseArgs } from "node:util";
import { log } from "#server/log.ts";
import { startSandbox } from "./kernel/server.ts";

/** Says which setting is wrong; the process then ends with status 2. */
class SettingError extends Error {}

function readSettings(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      "data-dir": { type: "string" },
      port: { type: "string", default: "0" },
      "cluster-create-ms": { type: "string" },
    },
  });
  const dataDir = values["data-dir"];
  if (dataDir === undefined) throw new SettingError("The embedded cloud needs --data-dir.");
  const clusterCreateMs = values["cluster-create-ms"];
  return {
    dataDir,
    port: readNumber("--port", values.port, 65_535),
    ...(clusterCreateMs === undefined
      ? {}
      : { clusterCreateMs: readNumber("--cluster-create-ms", clusterCreateMs, 3_600_000) }),
  };
}

function readNumber(name: string, text: string, maximum: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= maximum) return value;
  throw new SettingError(`${name} must be a whole number from 0 to ${maximum}, not "${text}".`);
}

async function main(): Promise<void> {
  const sandbox = await startSandbox(readSettings(process.argv.slice(2)));
  const ready = {
    type: "ready",
    authUrl: sandbox.authUrl,
    caFile: sandbox.caFile,
    cloudsFile: sandbox.cloudsFile,
  };
  let isClosing = false;
  const close = (cause: string): void => {
    if (isClosing) return;
    isClosing = true;
    log.info({ cause }, "embedded cloud stops");
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "embedded cloud could not write its state");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => close("SIGTERM"));
  process.on("SIGINT", () => close("SIGINT"));
  // A parent that dies without a signal must not leave a cloud behind.
  process.on("disconnect", () => close("parent gone"));
  log.info(ready, "embedded cloud is ready");
  process.send?.(ready);
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, "embedded cloud did not start");
  process.exit(error instanceof SettingError ? 2 : 1);
});
