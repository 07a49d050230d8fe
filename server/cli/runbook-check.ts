import { parseArgs } from "node:util";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { readBytes } from "#server/domain/register/source/bytes.ts";
import { readRunbookText } from "#server/domain/runbook/foreign/document.ts";
import {
  type DocumentBlock,
  type DocumentDiagnostic,
  namedStages,
  type RunbookDocument,
  unplacedPieces,
} from "#server/domain/runbook/foreign/model.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `FILE [--json] [--strict]

Reads a runbook and says what is wrong with it: one in this console's own form (front matter and fences of
steps), or one written for people (RUN and CHECK blocks between BEGIN and END, or above a fence).
FILE may be - for the standard input. Nothing is run, and no database is needed.

  --json    answers one JSON document: stages, blocks, markers, findings, open items, diagnostics, and
            what each piece of each line was taken for
  --strict  warnings fail as well

Ends with 0 when nothing is wrong, 1 when something is, 2 when the file cannot be read.`;

export const runbookCheck: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" }, strict: { type: "boolean" } },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError("Name one file, or - for the standard input.");
    const { text, isExact, diagnostics } = readBytes(await readBytesOf(path));
    const { document, runbook } = readRunbookText(isExact ? text : "", CATALOGUE);
    const all = [...diagnostics.map(asRemark), ...(isExact ? document.diagnostics : [])];
    const errors = all.filter(({ severity }) => severity === "error").length;
    const warnings = all.length - errors;
    if (values.json === true) {
      const contentHash = runbook?.contentHash ?? null;
      terminal.say(JSON.stringify({ ...document, contentHash, diagnostics: all, errors, warnings }));
    } else tell({ path, document, all, errors, warnings }, terminal);
    return errors > 0 || (values.strict === true && warnings > 0) ? EXIT.refused : EXIT.ok;
  },
};

function asRemark({ code, severity, line, says }: ReturnType<typeof readBytes>["diagnostics"][number]) {
  return { code, severity: severity === "error" ? ("error" as const) : ("warning" as const), line, says };
}

interface Told {
  path: string;
  document: RunbookDocument;
  all: readonly DocumentDiagnostic[];
  errors: number;
  warnings: number;
}

function tell({ path, document, all, errors, warnings }: Told, { say }: Terminal): void {
  for (const stage of document.stages) {
    say(printable(stage.origin === "none" ? "outside of any stage" : `stage ${stage.key} ${stage.title}`));
    for (const block of stage.blocks) say(`  ${printable(blockLine(block))}`);
  }
  for (const { severity, code, line, says } of all) {
    say(`${severity === "error" ? "FAIL" : "WARN"} ${code} ${path}:${line} ${printable(says)}`);
  }
  const blocks = document.stages.reduce((sum, stage) => sum + stage.blocks.length, 0);
  const counts = [
    `${namedStages(document).length} stages`,
    `${blocks} blocks`,
    `${document.findings.length} findings`,
    `${document.openItems.length} open items`,
    `${unplacedPieces(document).length} lines not understood`,
  ];
  say(`${counts.join(", ")}: ${errors} fail, ${warnings} WARN`);
}

function blockLine({ id, kind, host, identities, line, lastLine, gates, encoding }: DocumentBlock): string {
  const as = identities.map(({ name, part }) => (part === null ? name : `${name} (${part})`)).join(", ");
  const where = `${host === null ? "nobody says where" : `on ${host}`}, ${as === "" ? "nobody says as whom" : `as ${as}`}`;
  const gated = gates.length > 0 || encoding === "steps" ? "" : ", no gate of its own";
  return `${kind?.toUpperCase() ?? "?"} ${id ?? "(no id)"} ${where}, lines ${line}-${lastLine}${gated}`;
}

const printable = (text: string) => text.slice(0, 300).replaceAll(/[\p{Cc}\p{Cf}]/gu, "?");
