import { parseArgs } from "node:util";
import { now } from "#server/clock.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import { decideQuestion } from "#server/domain/decision/decide.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { findDecision } from "./decision-log.ts";
import { printable } from "./printable.ts";
import { readSnapshotFile, readTextOf } from "./registry-files.ts";
import { tellFaults } from "./registry-load.ts";

const USAGE = `ID --log FILE --registry FILE --policy FILE

Asks the question of a logged decision again, of a registry snapshot under a policy package, and answers one JSON
document: before (id, effect, reason), now (the whole envelope) and same, whether they have one id. Nothing is logged.

Ends with 0 when the id, the effect and the reason are the same, 1 when they are not, the log has no such decision or a
file is refused, 2 when it is called wrongly or a file cannot be read.`;

export const decideReplay: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { log: { type: "string" }, registry: { type: "string" }, policy: { type: "string" } },
    });
    const [id, ...more] = positionals;
    const { log, registry, policy } = values;
    if (id === undefined || more.length > 0) throw new UsageError("Name one decision.");
    if (log === undefined || registry === undefined || policy === undefined)
      throw new UsageError("Give --log, --registry and --policy.");
    const found = await findDecision(log, id);
    if (found === null) {
      terminal.complain(printable(`The log has no decision ${id}.`));
      return EXIT.refused;
    }
    const snapshot = await readSnapshotFile(registry);
    if (snapshot.kind === "refused") {
      return tellFaults(registry, snapshot.faults, { say: () => {}, complain: terminal.complain });
    }
    const written = readPackage(await readTextOf(policy));
    if (written.kind === "refused") {
      for (const { path, says } of written.faults)
        terminal.complain(printable(`FAIL ${policy}${path === "" ? "" : ` ${path}`}: ${says}`));
      return EXIT.refused;
    }
    const { effect, reason } = found.logged;
    const again = decideQuestion(found.question, accessPolicy(snapshot.registry, written.package), now());
    const isSame = again.id === id && again.effect === effect && again.reason === reason;
    terminal.say(JSON.stringify({ same: isSame, before: { id, effect, reason }, now: again }));
    return isSame ? EXIT.ok : EXIT.refused;
  },
};
