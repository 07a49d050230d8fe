import { parseArgs } from "node:util";
import { now } from "#server/clock.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import type { DecisionPolicy } from "#server/domain/decision/decide.ts";
import { DecisionLog } from "#server/services/decider/log.ts";
import { createDecisionService } from "#server/services/decider/service.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { printable } from "./printable.ts";
import { readSnapshotFile, readTextOf } from "./registry-files.ts";
import { tellFaults } from "./registry-load.ts";

const USAGE = `--registry FILE --policy FILE --log FILE [--addr HOST:PORT]

Serves decisions over HTTP from a registry snapshot and a policy package, without a console: GET /healthz, POST /v1/check,
POST /v1/check/batch. Every answer is in the log before it is given. SIGHUP reads both files again: both are taken, or
where one is refused neither is.

  --addr HOST:PORT  where to listen; 127.0.0.1:8080 unless given. Its address is written to the standard error.

Whoever reaches the address may ask; put an authenticating proxy before any address but this machine's own.
Ends with 1 when a file is refused, 2 when one cannot be read or the address is taken.`;

export const decideServe: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values } = parseArgs({
      args,
      options: {
        registry: { type: "string" },
        policy: { type: "string" },
        log: { type: "string" },
        addr: { type: "string", default: "127.0.0.1:8080" },
      },
    });
    const { registry, policy: document, log: path } = values;
    if (registry === undefined || document === undefined || path === undefined)
      throw new UsageError("Give --registry, --policy and --log.");
    const { host, port } = addressOf(values.addr);
    let policy = await load(registry, document, terminal);
    if (policy === null) return EXIT.refused;
    const log = await DecisionLog.open(path).catch(() => {
      throw new UsageError(`${path} cannot be written.`);
    });
    process.on("SIGHUP", () => {
      void load(registry, document, terminal)
        .then((fresh) => {
          policy = fresh ?? policy;
          terminal.complain(fresh === null ? "The files were refused; nothing was changed." : "Read again.");
        })
        .catch(() => terminal.complain("A file cannot be read; nothing was changed."));
    });
    const server = createDecisionService({ policy: () => policy, log, clock: now, token: null });
    const ended = Promise.withResolvers<number>();
    server.once("error", (error) => {
      terminal.complain(printable(`It cannot listen on ${values.addr}: ${error.message}.`));
      ended.resolve(EXIT.usage);
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => ended.resolve(EXIT.ok));
    server.listen(port, host, () => {
      const address = server.address();
      const own = address !== null && typeof address === "object" ? address.port : port;
      terminal.complain(`Decisions at http://${host.includes(":") ? `[${host}]` : host}:${own}`);
    });
    const code = await ended.promise;
    server.close();
    server.closeIdleConnections();
    await log.close();
    return code;
  },
};

function addressOf(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9A-Fa-f:]+)\]|([A-Za-z0-9.-]*)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match === null || port > 65_535) throw new UsageError("--addr is HOST:PORT, such as 127.0.0.1:8080.");
  return { host: match[1] ?? (match[2] || "127.0.0.1"), port };
}

async function load(registry: string, document: string, terminal: Terminal): Promise<DecisionPolicy | null> {
  const snapshot = await readSnapshotFile(registry);
  if (snapshot.kind === "refused") {
    tellFaults(registry, snapshot.faults, { say: () => {}, complain: terminal.complain });
    return null;
  }
  const read = readPackage(await readTextOf(document));
  if (read.kind === "read") return accessPolicy(snapshot.registry, read.package);
  for (const { path, says } of read.faults) terminal.complain(printable(`FAIL ${document} ${path}: ${says}`));
  return null;
}
