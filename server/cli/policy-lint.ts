import { parseArgs } from "node:util";
import { lintDocument, type PolicyFinding } from "#server/domain/identity-policy/lint.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { LIVE_OPTIONS, LIVE_USAGE, readLive, readPolicyFile } from "./policy-files.ts";
import { printable } from "./printable.ts";

const USAGE = `FILE [--live FILE]... [--keystone R] [--json] [--strict]

Reads a policy override (YAML) and says what is wrong with it, by line and column: YAML, characters that are not ASCII,
malformed connectors, rules that are not defined, rings of rules, what oslo.policy raises on, what fails open, and
placeholders that have no value when Keystone asks.
FILE may be - for the standard input.

${LIVE_USAGE}
  --json    answers one JSON document: findings, errors, warnings, rules
  --strict  warnings fail as well

Ends with 0 when nothing is wrong, 1 when something is, 2 when a file cannot be read.`;

export const policyLint: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...LIVE_OPTIONS, json: { type: "boolean" }, strict: { type: "boolean" } },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError("Name one file, or - for the standard input.");
    const { rules: live, release } = await readLive(values);
    const document = await readPolicyFile(path);
    const findings = lintDocument(document, { live, release });
    const errors = findings.filter(({ severity }) => severity === "error").length;
    const report = {
      path,
      findings,
      errors,
      warnings: findings.length - errors,
      rules: document.entries.length,
    };
    if (values.json === true) terminal.say(JSON.stringify(report));
    else tell(report, terminal);
    return errors > 0 || (values.strict === true && report.warnings > 0) ? EXIT.refused : EXIT.ok;
  },
};

interface Report {
  path: string;
  findings: readonly PolicyFinding[];
  errors: number;
  warnings: number;
  rules: number;
}

function tell({ path, findings, errors, warnings, rules }: Report, { say }: Terminal): void {
  for (const { line, column, rule, code, severity, says } of findings) {
    const word = severity === "error" ? "FAIL" : "WARN";
    say(printable(`${word} ${code} ${path}:${line}:${column} ${rule === null ? "" : `${rule}: `}${says}`));
  }
  say(`${rules} rules: ${errors} fail, ${warnings} WARN`);
}
