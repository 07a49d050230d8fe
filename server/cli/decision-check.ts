import { parseArgs } from "node:util";
import { now } from "#server/clock.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import { readCheckText } from "#server/domain/access-policy/request.ts";
import { decideQuestion } from "#server/domain/decision/decide.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { printable } from "./printable.ts";
import { readSnapshotFile, readTextOf } from "./registry-files.ts";
import { tellFaults } from "./registry-load.ts";

const USAGE = `--registry FILE --policy FILE --request FILE

Asks one question of a registry snapshot under a policy package, and answers one decision envelope (JSON): the same code
and the same answer as the service. --request may be - for the standard input.

Ends with 0 when the question is answered, whatever the answer; 1 when a file is refused, 2 when one cannot be read.`;

export const decisionCheck: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values } = parseArgs({
      args,
      options: { registry: { type: "string" }, policy: { type: "string" }, request: { type: "string" } },
    });
    const { registry, policy, request } = values;
    if (registry === undefined || policy === undefined || request === undefined)
      throw new UsageError("Give --registry, --policy and --request.");
    const snapshot = await readSnapshotFile(registry);
    if (snapshot.kind === "refused") return tellFaults(registry, snapshot.faults, terminal);
    const written = readPackage(await readTextOf(policy));
    if (written.kind === "refused") {
      for (const { path, says } of written.faults)
        terminal.complain(printable(`FAIL ${policy}${path === "" ? "" : ` ${path}`}: ${says}`));
      return EXIT.refused;
    }
    const question = readCheckText(await readTextOf(request));
    if (question.kind === "refused") {
      terminal.complain(printable(`FAIL ${request} ${question.field}: ${question.says}`));
      return EXIT.refused;
    }
    const asked = accessPolicy(snapshot.registry, written.package);
    terminal.say(JSON.stringify(decideQuestion(question.value, asked, now())));
    return EXIT.ok;
  },
};
