import { parseArgs } from "node:util";
import { keyIdOf } from "#server/domain/audit/installation-key.ts";
import { ExportVerifier, type ExportVerdict } from "#server/domain/audit/verify-export.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { fileLines } from "./file-lines.ts";
import { readKeptHeads, readPublicKey } from "./kept-heads.ts";

const USAGE = `EXPORT [--head FILE] [--key FILE] [--json]

Verifies an export of the audit log. Needs neither the console nor its database nor a network.

  --head FILE  signed heads that were kept elsewhere; only they show an end that was cut off
               and a log that was written anew with the installation's own key
  --key FILE   the installation's public key, from elsewhere than the export
  --json       answers one JSON document

Ends with 0 when everything fits, 1 when something does not, 2 when a file cannot be read.`;

export const auditVerify: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { head: { type: "string" }, key: { type: "string" }, json: { type: "boolean" } },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("Name one export.");
    const heads = values.head === undefined ? [] : await readKeptHeads(values.head);
    const publicKey = values.key === undefined ? null : await readPublicKey(values.key);
    const verdict = await verifyFile(path, new ExportVerifier({ heads, publicKey }));
    if (values.json === true) terminal.say(JSON.stringify(asDocument(verdict)));
    else tell(verdict, { isPinned: publicKey !== null || heads.length > 0 }, terminal);
    return verdict.kind === "whole" ? EXIT.ok : EXIT.refused;
  },
};

async function verifyFile(path: string, verifier: ExportVerifier): Promise<ExportVerdict> {
  let place = 0;
  for await (const line of fileLines(path)) {
    if (line.kind === "bad") return { kind: "broken", seq: place, says: `Line ${place + 1} ${line.says}.` };
    const broken = verifier.line(line.text);
    if (broken !== null) return broken;
    place += 1;
  }
  return verifier.end();
}

function asDocument(verdict: ExportVerdict) {
  if (verdict.kind === "broken") {
    return { result: "broken", firstBadSeq: verdict.seq, error: verdict.says };
  }
  const { of, count, head, publicKey, keptHeads, clock } = verdict;
  return { result: "whole", of, count, head, key: keyIdOf(publicKey), keptHeads, clock };
}

function tell(
  verdict: ExportVerdict,
  { isPinned }: { isPinned: boolean },
  { say, complain }: Terminal,
): void {
  if (verdict.kind === "broken") {
    complain(`broken: ${verdict.says}`);
    return;
  }
  const { of, count, head, publicKey, keptHeads, clock } = verdict;
  say(`whole: ${count} entries of a ${of}, proven against the head over ${head.size} signed at ${head.at}`);
  say(`root:  ${head.root}`);
  say(`key:   ${keyIdOf(publicKey)}`);
  if (keptHeads > 0) say(`kept:  ${keptHeads} heads agree`);
  if (!isPinned) {
    say(
      "note:  the key is the one that the export brings. Compare it with the console's, or give --key or --head.",
    );
  }
  if (clock.total > 0) {
    say(`note:  the clock went back before ${clock.total} entries:`);
    for (const { seq, backByMs } of clock.anomalies)
      say(`       entry ${seq} by ${Math.round(backByMs / 1000)} s`);
  }
}
