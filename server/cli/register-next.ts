import { parseArgs } from "node:util";
import * as z from "zod";
import { nextOver } from "#server/domain/register/numbers/scan.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError } from "./console-session.ts";
import { readTree } from "./register-files.ts";

const USAGE = `SERIES DIR [--json]
       countersign next SERIES --url URL --email ADDRESS [--take PURPOSE] [--json]

Prints the next free number of a series, such as D or DOCFIX, over every document below a folder.
Numbers that are reserved, provisional or given up are taken. It holds nothing: reserve the number
in the console before you write it down. With a console, over everything that it knows.

  --json           answers {series, next, before}, before being what holds the number below
  --url URL        address of the console whose numbers count
  --email ADDRESS  who signs in; the password is asked for, or read from standard input
  --take PURPOSE   reserves the number for this, so that nobody else is given it

Ends with 0 when there is one, 2 when the series or the folder makes no sense.`;

export const registerNext: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" }, ...CONSOLE_OPTIONS, take: { type: "string" } },
    });
    const [series, folder, ...more] = positionals;
    const { url, email, take } = values;
    if (url !== undefined) {
      if (series === undefined || folder !== undefined)
        throw new UsageError("Name one series and no folder.");
      return atConsole({ url, email, series, take, isJson: values.json === true }, terminal);
    }
    if (take !== undefined) throw new UsageError("A number is taken in a console: --url and --email.");
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

const nextSchema = z.object({ next: z.string() });
const takenSchema = z.object({ ids: z.array(z.string()).min(1) });

interface Asked {
  url: string;
  email: string | undefined;
  series: string;
  take: string | undefined;
  isJson: boolean;
}

async function atConsole(
  { url, email, series, take, isJson }: Asked,
  { say, complain }: Terminal,
): Promise<number> {
  try {
    const call = await ConsoleCall.begin({ url, email });
    const next =
      take === undefined
        ? (await call.query("numbers.series", { series }, nextSchema)).next
        : await taken(call, { series, purpose: take });
    say(isJson ? JSON.stringify({ series, next, taken: take !== undefined }) : next);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    complain(error.message);
    return EXIT.refused;
  }
}

async function taken(call: ConsoleCall, of: { series: string; purpose: string }): Promise<string> {
  const asked = { ...of, state: "reserved", number: null, count: 1 };
  const { ids } = await call.mutate("numbers.take", asked, takenSchema);
  return ids[0] ?? "";
}
