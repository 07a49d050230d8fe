import { parseArgs } from "node:util";
import {
  type CaseVerdict,
  isChanged,
  type Matrix,
  type MatrixCell,
} from "#server/domain/identity-policy/matrix.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { LIVE_OPTIONS, LIVE_USAGE, readLive, readPolicyFile } from "./policy-files.ts";
import { readSet, simulate } from "./policy-simulation.ts";
import { printable } from "./printable.ts";

const USAGE = `FILE [--live FILE]... [--keystone R] [--set FILE] [--all] [--json]

Asks every operation of Keystone that is modelled for every persona and every target, under the live policy and with
FILE laid over it, and prints what changes with the branch that decided; then the acceptance cases, each held or not.
The answers are oslo.policy's own (allow, deny, exception). Nothing is asked of a cloud.

${LIVE_USAGE}
  --set FILE  personas and places of your own, as JSON: personas (name and the token document of a sign-in), places
              (name, domain, project, user, group, role), cases (group PASS, DENY or UNAFFECTED, persona, operation,
              place), operations (names of rules; all without it)
  --all       prints every cell, not only what changes
  --json      answers one JSON document: cells, cases, unknown

Ends with 0 when every case holds, 1 when one does not, 2 when a file cannot be read.`;

export const policyMatrix: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...LIVE_OPTIONS,
        set: { type: "string" },
        all: { type: "boolean" },
        json: { type: "boolean" },
      },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError("Name one file, or - for the standard input.");
    const set = await readSet(values.set);
    const live = await readLive(values);
    const document = await readPolicyFile(path);
    const broken = document.faults.find(({ code }) => code === "yaml");
    if (broken !== undefined)
      throw new UsageError(`${path}:${broken.at.line}:${broken.at.column} ${broken.says}`);
    const matrix = simulate(document, live, set);
    if (values.json === true) terminal.say(JSON.stringify(matrix));
    else tell(matrix, values.all === true, terminal);
    return matrix.cases.every(({ holds }) => holds) ? EXIT.ok : EXIT.refused;
  },
};

function tell({ cells, cases, unknown }: Matrix, isAll: boolean, { say }: Terminal): void {
  for (const rule of unknown) say(printable(`UNKNOWN ${rule} is not modelled; it was not asked`));
  for (const cell of isAll ? cells : cells.filter(isChanged)) say(printable(cellLine(cell)));
  for (const verdict of cases) say(printable(caseLine(verdict)));
  const changed = cells.filter(isChanged).length;
  const held = cases.filter(({ holds }) => holds).length;
  say(`${cells.length} questions, ${changed} answers change; ${held} of ${cases.length} cases hold`);
}

function cellLine({ persona, operation, place, before, after }: MatrixCell): string {
  const change = before.expect === after.expect ? after.expect : `${before.expect} -> ${after.expect}`;
  return `${persona} ${operation} (${place}): ${change}, by ${after.branch}`;
}

function caseLine({ group, persona, operation, place, answer, holds }: CaseVerdict): string {
  const said = answer === null ? "not in the matrix" : `${answer.expect}, by ${answer.branch}`;
  return `${holds ? "HOLDS" : "FAILS"} ${group} ${persona} ${operation} (${place}): ${said}`;
}
