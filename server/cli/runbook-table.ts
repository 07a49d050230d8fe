import { parseArgs } from "node:util";
import { withTable } from "#server/domain/marker/table.ts";
import { readBytes } from "#server/domain/register/source/bytes.ts";
import { slugSchema } from "#server/domain/runbook/schema.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError } from "./console-session.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `SLUG --url URL --email ADDRESS [--cloud NAME] [--document | --into FILE]

Prints the validation table of a runbook: what is proven of each stage on a cloud, computed by the
console from its evidence. Nobody can type it.

  --url URL        address of the console
  --email ADDRESS  who signs in; the password is asked for, or read from standard input
  --cloud NAME     for this cloud; without it the first one by name
  --document       prints the newest version of the runbook with the table in it
  --into FILE      prints FILE with the table in it, in place of the one that it has; every other
                   byte of it stays. FILE itself is not written

Ends with 0 when it was printed, 1 when the console refuses, 2 when FILE cannot be read.`;

export const runbookTable: Command = {
  usage: USAGE,
  run: async (args, { complain }) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...CONSOLE_OPTIONS,
        cloud: { type: "string" },
        document: { type: "boolean" },
        into: { type: "string" },
      },
    });
    const [slug, ...more] = positionals;
    const { url, email, cloud, document, into } = values;
    if (slug === undefined || more.length > 0) throw new UsageError("Name one runbook by its slug.");
    if (!slugSchema.safeParse(slug).success) throw new UsageError(`"${slug}" is no slug of a runbook.`);
    if (url === undefined) throw new UsageError("Say which console computes it: --url URL.");
    if (document === true && into !== undefined)
      throw new UsageError("Say --document or --into FILE, not both.");
    const source = into === undefined ? null : await readText(into);
    try {
      const call = await ConsoleCall.begin({ url, email });
      const asked = new URLSearchParams({
        ...(cloud === undefined ? {} : { cloud }),
        ...(document === true ? {} : { only: "table" }),
      });
      const text = await call.download(`/api/runbooks/${slug}/table?${asked.toString()}`);
      // Byte for byte: what is printed is a file.
      process.stdout.write(source === null ? text : withTable(source, text));
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      complain(error.message);
      return EXIT.refused;
    }
  },
};

async function readText(path: string): Promise<string> {
  if (path === "-") throw new UsageError("--into names a file: the password comes from standard input.");
  const { text, isExact } = readBytes(await readBytesOf(path));
  if (isExact) return text;
  throw new UsageError(`${path} is no text that could be given back byte for byte.`);
}
