import { auditVerify } from "./audit-verify.ts";
import { bundleVerify } from "./bundle-verify.ts";
import type { Command } from "./command.ts";
import { registerExport } from "./register-export.ts";
import { registerImport } from "./register-import.ts";
import { registerLint } from "./register-lint.ts";
import { registerNext } from "./register-next.ts";
import { runbookCheck } from "./runbook-check.ts";
import { runCommand } from "./run-command.ts";
import { sigVerify } from "./sig-verify.ts";
import { sign } from "./sign.ts";

/** The `countersign` command. Every command stands in this table, by the words that call it. */
const COMMANDS: readonly Command[] = [
  auditVerify,
  bundleVerify,
  sigVerify,
  sign,
  registerImport,
  registerExport,
  registerLint,
  registerNext,
  runbookCheck,
];

process.exitCode = await runCommand(COMMANDS, process.argv.slice(2), {
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
});
