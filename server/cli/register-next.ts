import { parseArgs } from "node:util";
import { nextOver } from "#server/domain/register/numbers/scan.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { readTree } from "./register-files.ts";

const USAGE = `SERIES DIR [--json]

Prints the next free number of a series, such as D or DOCFIX, over every document below a folder.
Numbers that are reserved, provisional or given up are taken. It holds nothing: reserve the number
in the console before you write it down.

  --json  answers {series, next, before}, before being what holds the number below

Ends with 0 when there is one, 2 when the series or the folder makes no sense.`;

export const registerNext: Command = {
  name: "next",
  summary: "print the next free number of a series",
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" } },
    });
    const [series, folder, ...more] = positionals;
    if (series === undefined || folder === undefined || more.length > 0) {
      throw new UsageError("Name one series and one folder.");
    }
    const files = await readTree(folder);
    const documents = files.flatMap(({ path, file }) =>
      file.documents.map((document) => ({ path, document })),
    );
    const found = nextOver(series, documents);
    if (found === null) throw new UsageError(`"${series}" is no series. Write its letters, such as DOCFIX.`);
    terminal.say(values.json === true ? JSON.stringify({ series, ...found }) : found.next);
    return EXIT.ok;
  },
};
