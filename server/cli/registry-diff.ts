import { parseArgs } from "node:util";
import { changeSentence, diffActors } from "#server/domain/actor/diff.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { printable } from "./printable.ts";
import { readEither } from "./registry-files.ts";
import { tellFaults } from "./registry-load.ts";

const USAGE = `BEFORE AFTER [--json]

Compares two registries by their actors: type, principals, hours, subjects, whether they are retired. Each file is a
snapshot (JSON) or an inventory (YAML), so that drift of an inventory from what is loaded shows.

  --json  answers one JSON document: changes, with the fields before and after

Ends with 0 when nothing differs, 1 when something does or a file is refused, 2 when a file cannot be read.`;

export const registryDiff: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" } },
    });
    const [before, after, ...more] = positionals;
    if (before === undefined || after === undefined || more.length > 0)
      throw new UsageError("Name two files.");
    const one = await readEither(before);
    if (one.kind === "refused") return tellFaults(before, one.faults, terminal);
    const other = await readEither(after);
    if (other.kind === "refused") return tellFaults(after, other.faults, terminal);
    const changes = diffActors(one.registry.actors, other.registry.actors);
    if (values.json === true) terminal.say(JSON.stringify({ changes }));
    else for (const change of changes) terminal.say(printable(changeSentence(change)));
    return changes.length === 0 ? EXIT.ok : EXIT.refused;
  },
};
