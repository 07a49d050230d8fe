import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { now } from "#server/clock.ts";
import { lifetimeOf, parseOperation } from "#server/domain/signed-operation/envelope.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";
import { renderOperation } from "#server/domain/signed-operation/render.ts";
import { checkSignature } from "#server/domain/sshsig/check.ts";
import { askLine, confirm } from "./ask-person.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { ConsoleError, consoleOrigin, downloadOperation, signIn } from "./console-session.ts";
import { readStart } from "./read-bytes.ts";
import { signWithKey } from "./ssh-keygen.ts";

const usageOf = (name: string) => `JOB --url URL --email ADDRESS [OPTIONS]
       countersign ${name} --bytes FILE [OPTIONS]

Shows the operation of a job, read from the very bytes that are to be signed, and has ssh-keygen
sign exactly those. Hands nothing in: paste the signature on the job's page.

  JOB              id of the job, as in the address of its page
  --url URL        address of the console; the bytes are downloaded from there
  --email ADDRESS  who signs in; the password is asked for, or read from standard input
  --bytes FILE     the downloaded bytes instead, without a network
  --key FILE       the key to sign with (default ~/.ssh/id_ed25519)
  --namespace NAME what operations are signed for (default ${DEFAULT_NAMESPACE})
  -o FILE          writes the signature there instead of to standard output
  --yes            does not ask before it signs

Ends with 0 when it was signed, 1 when not, 2 when the command is called wrongly.`;

/** Longer than any operation; read no further. In bytes. */
const OPERATION_LIMIT = 65_537;

export const sign: Command = {
  usage: usageOf("sign"),
  run: async (args, terminal) => {
    const asked = readOptions(args);
    try {
      const { bytes, next } = await asked.source();
      const code = await signBytes(bytes, asked, terminal);
      if (code === EXIT.ok && next !== null) terminal.complain(next);
      return code;
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      terminal.complain(error.message);
      return EXIT.refused;
    }
  },
};

/** The same for what was asked for on a host with guests: destroy, wipe, overwrite, decommission, rotate. */
export const guestsSign: Command = { usage: usageOf("guests sign"), run: sign.run };

/** The bytes to sign, and what whoever signs has to do next; null where only the page knows. */
type Source = () => Promise<{ bytes: Buffer; next: string | null }>;

interface Asked {
  source: Source;
  key: string;
  namespace: string;
  out: string | undefined;
  isSure: boolean;
}

function readOptions(args: string[]): Asked {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: { type: "string" },
      email: { type: "string" },
      bytes: { type: "string" },
      key: { type: "string", default: join(homedir(), ".ssh", "id_ed25519") },
      namespace: { type: "string", default: DEFAULT_NAMESPACE },
      out: { type: "string", short: "o" },
      yes: { type: "boolean", default: false },
    },
  });
  const { url, email, bytes, key, namespace, out } = values;
  return { source: sourceOf(positionals, { url, email, bytes }), key, namespace, out, isSure: values.yes };
}

function sourceOf(
  positionals: readonly string[],
  { url, email, bytes }: { url: string | undefined; email: string | undefined; bytes: string | undefined },
): Source {
  const [job, ...more] = positionals;
  if (bytes !== undefined) {
    if (job !== undefined || url !== undefined) throw new UsageError("Name a job or --bytes, not both.");
    return async () => ({ bytes: await bytesOfFile(bytes), next: null });
  }
  if (job === undefined || more.length > 0) throw new UsageError("Name one job, or --bytes FILE.");
  if (url === undefined || email === undefined) throw new UsageError("Name the console: --url and --email.");
  const origin = consoleOrigin(url);
  return async () => {
    const password = await askLine(`Password of ${email} at ${origin}: `, { isHidden: true });
    if (password === null) throw new UsageError("No password was given.");
    const { bytes: got, takesPasskey } = await downloadOperation(
      origin,
      job,
      await signIn(origin, { email, password }),
    );
    return { bytes: got, next: nextStep(`${origin}/approvals/${encodeURIComponent(job)}`, takesPasskey) };
  };
}

function nextStep(page: string, takesPasskey: boolean): string {
  const paste = `Paste the signature at ${page} in a browser.`;
  return takesPasskey
    ? `${paste} You have a passkey, so the page asks for it first: your password alone hands nothing in, and this command cannot use a passkey.`
    : `${paste} It asks for your password once more if your sign-in there is older than five minutes.`;
}

async function bytesOfFile(path: string): Promise<Buffer> {
  const bytes = await readStart(path, OPERATION_LIMIT);
  if (bytes === null) throw new UsageError(`${path} cannot be read.`);
  return bytes;
}

async function signBytes(message: Buffer, asked: Asked, { say, complain }: Terminal): Promise<number> {
  const envelope = parseOperation(message);
  if (envelope === null) {
    complain(
      "These bytes are not one operation in its canonical form. Nothing was signed. Download them again.",
    );
    return EXIT.refused;
  }
  renderOperation(envelope).forEach(complain);
  if (now() >= lifetimeOf(envelope).expiresAt) {
    complain("The operation has expired. Nothing was signed. Download the bytes of the job as it is now.");
    return EXIT.refused;
  }
  if (!asked.isSure && !(await confirm("Sign exactly this?"))) {
    complain("Nothing was signed.");
    return EXIT.refused;
  }
  const armored = await signWithKey(asked.key, asked.namespace, message);
  const problem = armored === null ? "ssh-keygen made no signature." : problemOf(armored, message, asked);
  if (armored === null || problem !== null) {
    complain(`${problem} Nothing was written.`);
    return EXIT.refused;
  }
  if (asked.out === undefined) say(armored.trimEnd());
  else await writeNew(asked.out, armored);
  return EXIT.ok;
}

/** The console's own reading, before anybody waits for its answer: a weak key or one nobody touched shows here. */
function problemOf(armored: string, message: Buffer, { namespace }: Asked): string | null {
  const policy = { requiresVerification: false, origins: [] };
  const verdict = checkSignature({ armored, message, namespace, admit: (key) => key, policy });
  return verdict.kind === "good" ? null : verdict.fault.says;
}

async function writeNew(path: string, armored: string): Promise<void> {
  try {
    await writeFile(path, armored, { flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new UsageError(
      `${path} cannot be written (${code}). The signature was thrown away; name a new file.`,
    );
  }
}
