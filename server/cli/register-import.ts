import { parseArgs } from "node:util";
import * as z from "zod";
import { type ImportView, importView } from "#server/domain/register/import-view.ts";
import { readRegister } from "#server/domain/register/read.ts";
import { confirm } from "./ask-person.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError } from "./console-session.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `FILE --dry-run [--json]
       countersign import FILE --url URL --email ADDRESS [OPTIONS]

Reads a register, or a patch of one, and shows what an import would take over: every item with its
parts, dependencies that prose seems to state, the lines that were not understood, and what looks
damaged. FILE may be - for the standard input.

  --dry-run         only show; touches nothing, not even a database
  --json            answers one JSON document: {items, unplaced, diagnostics, ...}
  --url URL         address of the console that takes it over, after a yes
  --email ADDRESS   who signs in; the password is asked for, or read from standard input
  --path PATH       where it stands in the team's tree (default: FILE as it is named)
  --conflicts SIDE  theirs or ours: what holds where document and console both changed something
  --removed SIDE    theirs takes out what the document no longer has, ours keeps it
  --yes             does not ask before it takes it over

Ends with 0 when the document was read or taken over, 1 when it cannot be imported as it is, 2 when
there is no such file.`;

export const registerImport: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        "dry-run": { type: "boolean" },
        json: { type: "boolean" },
        ...CONSOLE_OPTIONS,
        path: { type: "string" },
        conflicts: { type: "string" },
        removed: { type: "string" },
        yes: { type: "boolean" },
      },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("Name one file.");
    const { url, email } = values;
    if (values["dry-run"] === true) return showOnly({ path, isJson: values.json === true }, terminal);
    if (url === undefined) {
      throw new UsageError(
        "Say --dry-run to look at it, or --url and --email of the console that takes it over.",
      );
    }
    const answers = { conflicts: sideOf(values.conflicts), removed: sideOf(values.removed) };
    const given = {
      bytes: await readBytesOf(path),
      path: values.path ?? path,
      answers,
      isSure: values.yes === true,
    };
    try {
      return await takeOver(await ConsoleCall.begin({ url, email }), given, terminal);
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      terminal.complain(printable(error.message));
      return EXIT.refused;
    }
  },
};

async function showOnly(
  { path, isJson }: { path: string; isJson: boolean },
  terminal: Terminal,
): Promise<number> {
  const view = importView(readRegister(await readBytesOf(path), path === "-" ? null : path));
  if (isJson) terminal.say(JSON.stringify(view));
  else tell(view, terminal);
  return view.isExact ? EXIT.ok : EXIT.refused;
}

function sideOf(side: string | undefined): "theirs" | "ours" | undefined {
  if (side === undefined || side === "theirs" || side === "ours") return side;
  throw new UsageError(`"${side}" is no side. Say theirs or ours.`);
}

const previewSchema = z.object({
  seen: z.string(),
  isExact: z.boolean(),
  diagnostics: z.array(z.object({ line: z.number(), severity: z.string(), says: z.string() })),
  documents: z.array(
    z.object({
      path: z.string(),
      kind: z.string(),
      obstacle: z.string().nullable(),
      counts: z.object({ records: z.number(), unplaced: z.number(), changes: z.number() }),
      changes: z.array(z.object({ code: z.string(), change: z.string(), side: z.string() })),
      taken: z.array(z.object({ says: z.string() })),
    }),
  ),
});
const doneSchema = z.object({
  documents: z.array(
    z.object({
      path: z.string(),
      version: z.number(),
      inserted: z.number(),
      updated: z.number(),
      removed: z.number(),
    }),
  ),
});

interface Given {
  bytes: Uint8Array;
  path: string;
  answers: { conflicts: "theirs" | "ours" | undefined; removed: "theirs" | "ours" | undefined };
  isSure: boolean;
}

async function takeOver(call: ConsoleCall, given: Given, { say, complain }: Terminal): Promise<number> {
  const { bytes, path, answers } = given;
  const preview = await call.upload("/api/registers/preview", { bytes, about: { path } }, previewSchema);
  for (const { line, severity, says } of preview.diagnostics)
    complain(`line ${line} ${severity}: ${printable(says)}`);
  for (const document of preview.documents) {
    const { records, unplaced } = document.counts;
    complain(`${document.path}: ${document.kind}, ${records} records, ${unplaced} lines not understood`);
    for (const { code, change, side } of document.changes)
      complain(`  ${printable(code)} ${change} (${side})`);
    for (const { says } of document.taken) complain(`  ${printable(says)}`);
    if (document.obstacle !== null) complain(`  ${document.obstacle}`);
  }
  const isOpen = preview.isExact && preview.documents.every(({ obstacle }) => obstacle === null);
  if (!isOpen || !(given.isSure || (await confirm("Take it over?")))) {
    complain("Nothing was imported.");
    return EXIT.refused;
  }
  const about = {
    path,
    seen: preview.seen,
    answers: Object.fromEntries(preview.documents.map((document) => [document.path, answers])),
  };
  const { documents } = await call.upload("/api/registers/import", { bytes, about }, doneSchema);
  for (const { path: own, version, inserted, updated, removed } of documents) {
    say(`${own}: version ${version}, ${inserted} new, ${updated} changed, ${removed} taken out`);
  }
  return EXIT.ok;
}

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
