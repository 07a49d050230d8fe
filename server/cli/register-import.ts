import { parseArgs } from "node:util";
import { type ImportView, importView } from "#server/domain/register/import-view.ts";
import { readRegister } from "#server/domain/register/read.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `FILE --dry-run [--json]

Reads a register, or a patch of one, and shows what an import would take over: every item with its
parts, dependencies that prose seems to state, the lines that were not understood, and what looks
damaged. Touches nothing, not even a database. FILE may be - for the standard input.

  --dry-run  only show; this is what the command can do without the console
  --json     answers one JSON document: {items, unplaced, diagnostics, ...}

Ends with 0 when the document was read, 1 when it cannot be imported as it is, 2 when there is no such file.`;

export const registerImport: Command = {
  name: "import",
  summary: "show what is in a register, without taking it over",
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { "dry-run": { type: "boolean" }, json: { type: "boolean" } },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("Name one file.");
    if (values["dry-run"] !== true) {
      throw new UsageError(
        "Say --dry-run: taking a register over is done in the console, where a person confirms it.",
      );
    }
    const view = importView(readRegister(await readBytesOf(path), path === "-" ? null : path));
    if (values.json === true) terminal.say(JSON.stringify(view));
    else tell(view, terminal);
    return view.isExact ? EXIT.ok : EXIT.refused;
  },
};

function tell(view: ImportView, { say, complain }: Terminal): void {
  for (const { path, kind, lines, items, unplaced } of view.documents) {
    say(`${path ?? "document"}: ${kind}, ${lines} lines, ${items} items, ${unplaced} lines not understood`);
  }
  for (const { id, refsText, title } of view.items) {
    say(`  ${id}${refsText === null ? "" : ` (${refsText})`} -- ${printable(title)}`);
  }
  for (const { from, kind, to } of view.links.filter(({ kind: link }) => link !== "mentions")) {
    say(`  ${from} ${kind.replace("_", " ")} ${to}`);
  }
  for (const { line, text } of view.unplaced) complain(`line ${line} not understood: ${printable(text)}`);
  for (const { line, severity, says } of view.diagnostics)
    complain(`line ${line} ${severity}: ${printable(says)}`);
}

/** A document may hold what a terminal would obey. */
function printable(text: string): string {
  return text.slice(0, 300).replaceAll(/[\p{Cc}\p{Cf}]/gu, "?");
}
