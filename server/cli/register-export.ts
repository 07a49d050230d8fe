import { parseArgs } from "node:util";
import * as z from "zod";
import { registerFromInput, registerSchema } from "#server/domain/register/handoff/schema.ts";
import { writeHandoff } from "#server/domain/register/handoff/write.ts";
import { parseJson } from "#server/domain/audit/event.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError } from "./console-session.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `FILE --json
       countersign export [DOCUMENT | --session-ledger] --url URL --email ADDRESS

Writes the items in FILE as a handoff register in Markdown. FILE is what "import --dry-run --json"
prints, or a list of items, or - for the standard input. Importing the document gives the items again.

With a console: gives a document back as it is now, or the handoff of everything that is open, or
the session ledger with its machine-derived section made from the registers.

  --json           FILE holds JSON
  --session-ledger gives the session ledger of now
  --url URL        address of the console that has the documents
  --email ADDRESS  who signs in; the password is asked for, or read from standard input

Ends with 0 when the document was written, 1 when the console refuses, 2 when FILE does not hold items.`;

export const registerExport: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" }, "session-ledger": { type: "boolean" }, ...CONSOLE_OPTIONS },
    });
    const [path, ...more] = positionals;
    const { url, email } = values;
    if (url !== undefined) {
      if (more.length > 0) throw new UsageError("Name one document, or none for the handoff.");
      const isLedger = values["session-ledger"] === true;
      if (isLedger && path !== undefined) throw new UsageError("Name a document or say --session-ledger.");
      return fromConsole({ url, email, path, isLedger }, terminal);
    }
    if (values["session-ledger"] === true)
      throw new UsageError("The session ledger of now is a console's: --url and --email.");
    if (path === undefined || more.length > 0) throw new UsageError("Name one file.");
    if (values.json !== true) throw new UsageError("Say --json: items are read from JSON.");
    const text = new TextDecoder().decode(await readBytesOf(path));
    const parsed = registerSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new UsageError(
        `${path} holds no items (${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not JSON"}).`,
      );
    }
    // Every line of an answer gets its end from the terminal.
    terminal.say(writeHandoff(registerFromInput(parsed.data)).trimEnd());
    return EXIT.ok;
  },
};

const listSchema = z.object({ documents: z.array(z.object({ id: z.string(), path: z.string() })) });

async function fromConsole(
  given: { url: string; email: string | undefined; path: string | undefined; isLedger: boolean },
  { complain }: Terminal,
): Promise<number> {
  const { url, email, path, isLedger } = given;
  try {
    const call = await ConsoleCall.begin({ url, email });
    const text = await call.download(
      isLedger ? "/api/registers/session-ledger" : await addressOf(call, path),
    );
    // Byte for byte, the missing end of a last line included.
    process.stdout.write(text);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    complain(error.message);
    return EXIT.refused;
  }
}

async function addressOf(call: ConsoleCall, path: string | undefined): Promise<string> {
  if (path === undefined) return "/api/registers/handoff";
  const { documents } = await call.query("registers.documents", {}, listSchema);
  const found = documents.find((document) => document.path === path);
  if (found !== undefined) return `/api/registers/documents/${found.id}`;
  throw new ConsoleError(`The console has no document ${path}. It has ${documents.length}.`);
}
