import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { snapshotText } from "#server/domain/actor/generate.ts";
import { readSnapshotText } from "#server/domain/actor/snapshot.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError } from "./console-session.ts";
import { readEither } from "./registry-files.ts";
import { tellFaults } from "./registry-load.ts";

const USAGE = `FILE [-o FILE] | --url URL --email ADDRESS [-o FILE]

Writes a registry as a snapshot (JSON): systems, resource_manifests, subjects, groups, relationships and tenants, as
registry load reads it. Equal registries are written byte for byte alike. Of FILE, a snapshot or an inventory, or - for
the standard input; or the registry that is in force in a console, whose digest is compared before anything is written.

  --url URL          address of the console
  --email ADDRESS    who signs in; the password is asked for, or read from standard input
  -o, --output FILE  writes there instead of to the standard output

Ends with 0 when it was written, 1 when the file or the console refuses (nothing is written), 2 when it is called wrongly
or a file cannot be read or written.`;

const exportedSchema = z.object({ version: z.int(), digest: z.string(), text: z.string() });

export const registryExport: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...CONSOLE_OPTIONS, output: { type: "string", short: "o" } },
    });
    const { url, email, output } = values;
    const [path, ...more] = positionals;
    if (more.length > 0 || (path === undefined) === (url === undefined))
      throw new UsageError("Name one file, or a console: --url and --email.");
    const text =
      path === undefined
        ? await fromConsole({ url: url ?? "", email }, terminal)
        : await fromFile(path, terminal);
    if (text === null) return EXIT.refused;
    if (output === undefined) process.stdout.write(text);
    else await write(output, text);
    return EXIT.ok;
  },
};

async function fromFile(path: string, { complain }: Terminal): Promise<string | null> {
  const read = await readEither(path);
  if (read.kind === "read") return snapshotText(read.registry.snapshot);
  // The standard output is where a snapshot is expected: what is wrong goes to the other one.
  tellFaults(path, read.faults, { say: () => {}, complain });
  return null;
}

async function fromConsole(
  of: { url: string; email: string | undefined },
  { complain }: Terminal,
): Promise<string | null> {
  try {
    const { text, digest } = await (
      await ConsoleCall.begin(of)
    ).query("access.exportRegistry", {}, exportedSchema);
    const read = readSnapshotText(text);
    if (read.kind === "read" && read.registry.digest === digest) return text;
    complain("What the console gave is not the registry that it says. Nothing was written.");
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    complain(error.message);
  }
  return null;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch {
    throw new UsageError(`${path} cannot be written.`);
  }
}
