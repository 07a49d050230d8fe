import { parseArgs } from "node:util";
import * as z from "zod";
import { readUserKey } from "#server/domain/ssh-certificate/user-key.ts";
import { visible } from "#server/domain/signed-operation/render.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError, type ConsoleRefusal } from "./console-session.ts";
import { readStart } from "./read-bytes.ts";

const USAGE = `ACTOR --pubkey FILE [--ttl H] [--subject NAME] --url URL --email ADDRESS

Has the public key in FILE certified for an actor of the registry, by the running console. Standard
output holds the certificate and nothing else: one line, the type of the certificate and the rest.

  ACTOR            name of the actor, such as agt-state-hub-bridge
  --pubkey FILE    the public key, as ssh-keygen writes it into a file that ends in .pub
  --ttl H          for how many hours, a whole number (default: as long as the actor may)
  --subject NAME   under which of the actor's names it is asked (default: the actor's own)
  --url URL        address of the console
  --email ADDRESS  who signs in; the password is asked for, or read from standard input

Ends with 0 when it was signed; else standard error has one line, "code: sentence", and it ends with
  2   called wrongly, or the file holds no public key that gets a certificate
  10  denied: asking again changes nothing
  11  unavailable: the console, its runner, the decision service or the signing engine is away;
      the same may be signed later`;

const DENIED = 10;
const UNAVAILABLE = 11;

const CODES: Record<ConsoleRefusal["kind"], number> = {
  invalid: EXIT.usage,
  refused: DENIED,
  unavailable: UNAVAILABLE,
};

/** More than any file of one key; what is longer is refused as it stands. In bytes. */
const FILE_LIMIT = 65_536;

export const sshSign: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const asked = readOptions(args);
    const text = await readStart(asked.pubkey, FILE_LIMIT);
    if (text === null) return refuse(terminal, EXIT.usage, ["no_file", `${asked.pubkey} cannot be read.`]);
    const key = readUserKey(text.toString("utf8"));
    // A private key does not leave this machine.
    if (key.kind === "refused") return refuse(terminal, EXIT.usage, [key.code, key.says]);
    try {
      return await signAt(asked, key.line, terminal);
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      const { kind, reason } = error.refusal;
      return refuse(terminal, CODES[kind], [reason, error.message]);
    }
  },
};

interface Asked {
  actor: string;
  pubkey: string;
  ttlHours: number | undefined;
  subject: string | undefined;
  url: string;
  email: string | undefined;
}

function readOptions(args: string[]): Asked {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      pubkey: { type: "string" },
      ttl: { type: "string" },
      subject: { type: "string" },
      ...CONSOLE_OPTIONS,
    },
  });
  const [actor, ...more] = positionals;
  const { pubkey, ttl, subject, url, email } = values;
  if (actor === undefined || more.length > 0) throw new UsageError("Name one actor.");
  if (pubkey === undefined) throw new UsageError("Name the public key: --pubkey FILE.");
  if (ttl !== undefined && !/^[1-9][0-9]{0,8}$/.test(ttl)) {
    throw new UsageError("--ttl is a whole number of hours, from 1 on, without a unit.");
  }
  if (url === undefined) throw new UsageError("Name the console: --url and --email.");
  return { actor, pubkey, ttlHours: ttl === undefined ? undefined : Number(ttl), subject, url, email };
}

const requestedSchema = z.object({ requestId: z.string() });
const answerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("signed"), certificate: z.string().regex(/^[!-~]+ [A-Za-z0-9+/]+=*$/) }),
  z.object({ kind: z.literal("refused"), code: z.string(), says: z.string() }),
  z.object({ kind: z.literal("unavailable"), code: z.string(), says: z.string() }),
]);

async function signAt(asked: Asked, publicKey: string, terminal: Terminal): Promise<number> {
  const { actor, ttlHours, subject, url, email } = asked;
  const call = await ConsoleCall.begin({ url, email });
  const input = { actor, publicKey, ...(ttlHours && { ttlHours }), ...(subject && { subject }) };
  const { requestId } = await call.mutate("certificates.request", input, requestedSchema);
  const answer = await call.query("certificates.answer", { requestId }, answerSchema);
  if (answer.kind !== "signed") {
    return refuse(terminal, answer.kind === "refused" ? DENIED : UNAVAILABLE, [answer.code, answer.says]);
  }
  terminal.say(answer.certificate);
  return EXIT.ok;
}

function refuse({ complain }: Terminal, code: number, [reason, says]: readonly [string, string]): number {
  complain(`${visible(reason)}: ${visible(says)}`);
  return code;
}
