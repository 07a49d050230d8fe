import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import {
  CHECK_IDS,
  type DocumentedWarning,
  LINT_CHECKS,
  readDocumented,
} from "#server/domain/register/lint/finding.ts";
import { lint, type LintReport } from "#server/domain/register/lint/lint.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError } from "./console-session.ts";
import { readTree } from "./register-files.ts";

const DOCUMENTED = ".countersign-lint";
const USAGE = `DIR [--json] [--strict]
       countersign lint --url URL --email ADDRESS [--json] [--strict]

Checks registers, decisions, changelogs and ledgers below a folder: identifiers, next-free numbers,
reverts, owners, and whether what one document says is what the others say.

  --json    answers one JSON document
  --strict  warnings fail as well
  --url     address of a console: its documents are checked as they are now
  --email   who signs in there; the password is asked for, or read from standard input

Known warnings stand in DIR/${DOCUMENTED}, a line each: "L1 docs/old.md -- why it stays".
Ends with 0 when nothing fails, 1 when something does, 2 when the folder cannot be read.`;

export const registerLint: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" }, strict: { type: "boolean" }, ...CONSOLE_OPTIONS },
    });
    const [folder, ...more] = positionals;
    const { url, email } = values;
    const report =
      url === undefined
        ? await lintFolder(folder, more)
        : await lintConsole({ url, email, folder }, terminal);
    if (report === null) return EXIT.refused;
    if (values.json === true) terminal.say(JSON.stringify(report));
    else tell(report, terminal);
    const isBad = report.errors > 0 || (values.strict === true && report.warnings > 0);
    return isBad ? EXIT.refused : EXIT.ok;
  },
};

async function lintFolder(folder: string | undefined, more: readonly string[]): Promise<LintReport> {
  if (folder === undefined || more.length > 0) throw new UsageError("Name one folder.");
  return lint(await readTree(folder), await readKnown(folder));
}

const reportSchema = z.object({
  findings: z.array(
    z.object({
      check: z.enum(CHECK_IDS),
      severity: z.enum(["error", "warning"]),
      path: z.string(),
      line: z.number(),
      subject: z.string(),
      says: z.string(),
      documented: z.string().nullable(),
    }),
  ),
  errors: z.number(),
  warnings: z.number(),
  documented: z.number(),
});

/** The report of a console over its documents; null when it was refused, with the reason told. */
async function lintConsole(
  { url, email, folder }: { url: string; email: string | undefined; folder: string | undefined },
  { complain }: Terminal,
): Promise<LintReport | null> {
  if (folder !== undefined) throw new UsageError("Name a folder or a console, not both.");
  try {
    return await (await ConsoleCall.begin({ url, email })).query("registers.lint", {}, reportSchema);
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    complain(error.message);
    return null;
  }
}

async function readKnown(folder: string): Promise<DocumentedWarning[]> {
  const path = join(folder, DOCUMENTED);
  const text = await readFile(path, "utf8").catch(() => "");
  const { warnings, badLines } = readDocumented(text);
  const [bad] = badLines;
  if (bad !== undefined) throw new UsageError(`Line ${bad} of ${path} is not "CHECK PATH -- reason".`);
  return warnings;
}

function tell({ findings, errors, warnings, documented }: LintReport, { say }: Terminal): void {
  for (const { check, severity, path, line, says, documented: reason } of findings) {
    const word = reason === null ? (severity === "error" ? "FAIL" : "WARN") : "KNOWN";
    say(`${word} ${check} ${path}:${line} ${printable(says)}${reason === null ? "" : ` [${reason}]`}`);
  }
  const checks = Object.keys(LINT_CHECKS).length;
  say(`${checks} checks: ${errors} fail, ${warnings} WARN, ${documented} documented WARN`);
}

const printable = (text: string) => text.slice(0, 300).replaceAll(/[\p{Cc}\p{Cf}]/gu, "?");
