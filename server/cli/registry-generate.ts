import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { snapshotText } from "#server/domain/actor/generate.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { readInventoryFile } from "./registry-files.ts";
import { tellFaults } from "./registry-load.ts";

const USAGE = `INVENTORY [-o FILE]

Makes a registry snapshot (JSON) of an inventory (YAML with actors:). Equal inventories give equal snapshots, byte for
byte. INVENTORY may be - for the standard input.

  -o, --output FILE  writes there; without it to the standard output

Ends with 0 when it was made, 1 when the inventory is refused (nothing is written), 2 when a file cannot be read or
written.`;

export const registryGenerate: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { output: { type: "string", short: "o" } },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError("Name one inventory, or - for the standard input.");
    const read = await readInventoryFile(path);
    if (read.kind === "refused") {
      // The standard output is where a snapshot is expected: what is wrong goes to the other one.
      return tellFaults(path, read.faults, { say: () => {}, complain: terminal.complain });
    }
    const text = snapshotText(read.registry.snapshot);
    if (values.output === undefined) terminal.say(text.trimEnd());
    else await write(values.output, text);
    return EXIT.ok;
  },
};

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch {
    throw new UsageError(`${path} cannot be written.`);
  }
}
