import { parseArgs } from "node:util";
import { registerFromInput, registerSchema } from "#server/domain/register/handoff/schema.ts";
import { writeHandoff } from "#server/domain/register/handoff/write.ts";
import { parseJson } from "#server/domain/audit/event.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `FILE --json

Writes the items in FILE as a handoff register in Markdown. FILE is what "import --dry-run --json"
prints, or a list of items, or - for the standard input. Importing the document gives the items again.

  --json  FILE holds JSON; the only form so far

Ends with 0 when the document was written, 2 when FILE does not hold items.`;

export const registerExport: Command = {
  name: "export",
  summary: "write items as a handoff register",
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" } },
    });
    const [path, ...more] = positionals;
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
