import { parseArgs } from "node:util";
import type { RegistryFault } from "#server/domain/actor/fault.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { printable } from "./printable.ts";
import { readSnapshotFile } from "./registry-files.ts";

const USAGE = `FILE | --file FILE

Reads a registry snapshot (JSON) and says what is in it: one JSON document with the counts of systems,
resource_manifests, subjects, groups, relationships, tenants and actors, and the digest. A bad row refuses the whole
file, and every bad row is named by path and reason.
FILE may be - for the standard input.

Ends with 0 when the snapshot can be loaded, 1 when it is refused, 2 when the file cannot be read.`;

export const registryLoad: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { file: { type: "string" } },
    });
    const [path, ...more] = [...positionals, ...(values.file === undefined ? [] : [values.file])];
    if (path === undefined || more.length > 0)
      throw new UsageError("Name one file, or - for the standard input.");
    const read = await readSnapshotFile(path);
    if (read.kind === "refused") return tellFaults(path, read.faults, terminal);
    terminal.say(JSON.stringify({ ...read.registry.counts, digest: read.registry.digest }));
    return EXIT.ok;
  },
};

/** JSON for programs, sentences for people. */
export function tellFaults(path: string, faults: readonly RegistryFault[], terminal: Terminal): number {
  terminal.say(
    JSON.stringify({ errors: faults.map(({ path: at, reason, says }) => ({ path: at, reason, says })) }),
  );
  for (const { path: at, reason, says } of faults)
    terminal.complain(printable(`FAIL ${reason} ${path}${at === "" ? "" : ` ${at}`}: ${says}`));
  return EXIT.refused;
}
