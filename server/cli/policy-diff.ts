import { parseArgs } from "node:util";
import { diffPolicy, type PolicyDiff, type RuleDiff } from "#server/domain/identity-policy/diff.ts";
import { isChanged, type MatrixCell } from "#server/domain/identity-policy/matrix.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { LIVE_OPTIONS, LIVE_USAGE, readLive, readPolicyFile } from "./policy-files.ts";
import { readSet, simulate } from "./policy-simulation.ts";
import { printable } from "./printable.ts";

const USAGE = `FILE [--live FILE]... [--keystone R] [--set FILE] [--json]

Compares an override with the policy in force: each of its rules, with the alternatives that it keeps of the live rule,
drops and adds (its fall-through tail beside the live default); how many rules; and whose answers change.

${LIVE_USAGE}
  --set FILE  personas and places of your own; countersign policy matrix --help has their form
  --json      answers one JSON document: rows, counts, personas

Ends with 0 when the override changes nothing, 1 when it does, 2 when a file cannot be read.`;

export const policyDiff: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...LIVE_OPTIONS, set: { type: "string" }, json: { type: "boolean" } },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError("Name one file, or - for the standard input.");
    const live = await readLive(values);
    const document = await readPolicyFile(path);
    const broken = document.faults.find(({ code }) => code === "yaml");
    if (broken !== undefined)
      throw new UsageError(`${path}:${broken.at.line}:${broken.at.column} ${broken.says}`);
    const diff = diffPolicy(document, live.rules);
    const set = await readSet(values.set);
    const cells = live.release === null ? [] : simulate(document, live, set).cells.filter(isChanged);
    const personas = changesByPersona(cells);
    if (values.json === true) terminal.say(JSON.stringify({ ...diff, personas }));
    else tell(diff, personas, terminal);
    return diff.counts.added + diff.counts.changed > 0 ? EXIT.refused : EXIT.ok;
  },
};

interface PersonaChanges {
  persona: string;
  gains: string[];
  loses: string[];
}

function changesByPersona(cells: readonly MatrixCell[]): PersonaChanges[] {
  const found = new Map<string, PersonaChanges>();
  for (const { persona, operation, place, after } of cells) {
    const changes = found.get(persona) ?? { persona, gains: [], loses: [] };
    found.set(persona, changes);
    (after.expect === "allow" ? changes.gains : changes.loses).push(`${operation} (${place})`);
  }
  return [...found.values()];
}

function tell({ rows, counts }: PolicyDiff, personas: readonly PersonaChanges[], { say }: Terminal): void {
  for (const row of rows.filter(({ change }) => change !== "same"))
    rowLines(row).forEach((line) => say(printable(line)));
  for (const { persona, gains, loses } of personas) {
    if (gains.length > 0) say(printable(`${persona} may now: ${gains.join(", ")}`));
    if (loses.length > 0) say(printable(`${persona} may no more: ${loses.join(", ")}`));
  }
  const { override, live, effective, added, changed, same } = counts;
  say(
    `${override} rules over ${live}, ${effective} in force: ${added} added, ${changed} changed, ${same} same; ${personas.length} personas change`,
  );
}

function rowLines({ rule, line, change, kept, dropped, added, live }: RuleDiff): string[] {
  const head = `${change.toUpperCase()} ${rule} (line ${line})`;
  if (live === null) return [head, ...added.map((part) => `  + ${part}`)];
  return [
    head,
    ...kept.map((part) => `    ${part}`),
    ...dropped.map((part) => `  - ${part}`),
    ...added.map((part) => `  + ${part}`),
  ];
}
