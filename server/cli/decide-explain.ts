import { parseArgs } from "node:util";
import { type Command, EXIT, UsageError } from "./command.ts";
import { findDecision } from "./decision-log.ts";
import { printable } from "./printable.ts";

const USAGE = `ID --log FILE

Explains a decision by its id: one JSON document with the request, effect, reason, matched_rule, provenance (package,
version, registry digest, time) and how often it was given. Looks in FILE and in FILE.1 to FILE.8, which the service puts
aside.

Ends with 0 when it was found, 1 when it is in none of them, 2 when it is called wrongly or a file cannot be read.`;

export const decideExplain: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { log: { type: "string" } },
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0 || values.log === undefined)
      throw new UsageError("Name one decision, and its log: --log FILE.");
    const found = await findDecision(values.log, id);
    if (found === null) {
      terminal.complain(printable(`The log has no decision ${id}.`));
      return EXIT.refused;
    }
    const { request, ...envelope } = found.logged;
    terminal.say(JSON.stringify({ ...envelope, request, times: found.times }));
    return EXIT.ok;
  },
};
