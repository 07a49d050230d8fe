import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError } from "./console-session.ts";

const OPTIONS = `  --url URL        address of the console
  --email ADDRESS  who signs in; the password is asked for, or read from standard input
  -o FILE          writes there instead of to standard output`;

const ENDS = "Ends with 0 when it was written, 1 when the console refuses, 2 when it is called wrongly.";

/** The authority's public keys, one a line. */
export const sshCa: Command = {
  usage: `--url URL --email ADDRESS [-o FILE]

Prints the public keys of the console's certificate authority, one a line, for sshd's
TrustedUserCAKeys. The first one signs now; certificates of the others may still be out.

${OPTIONS}

${ENDS}`,
  run: (args, terminal) => writeFrom("/api/ssh/ca", args, terminal),
};

/** The revocation list, in OpenSSH's own form. */
export const sshKrl: Command = {
  usage: `--url URL --email ADDRESS [-o FILE]

Writes the list of revoked certificates (a KRL, which is not text) for sshd's RevokedKeys. Fetch it
anew after each revocation: a host only knows the list that it has.

${OPTIONS}

${ENDS}`,
  run: (args, terminal) => writeFrom("/api/ssh/krl", args, terminal),
};

async function writeFrom(path: string, args: string[], { complain }: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...CONSOLE_OPTIONS, out: { type: "string", short: "o" } },
  });
  const { url, email, out } = values;
  if (positionals.length > 0) throw new UsageError("This takes options only.");
  if (url === undefined) throw new UsageError("Name the console: --url and --email.");
  try {
    const bytes = await (await ConsoleCall.begin({ url, email })).bytes(path);
    if (out === undefined) process.stdout.write(bytes);
    else await writeOver(out, bytes);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    complain(error.message);
    return EXIT.refused;
  }
}

async function writeOver(path: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new UsageError(`${path} cannot be written (${code}).`);
  }
}
