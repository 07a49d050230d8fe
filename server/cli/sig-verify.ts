import { parseArgs } from "node:util";
import { now as clock } from "#server/clock.ts";
import { parseInstant } from "#server/domain/signed-operation/instant.ts";
import { parseAbsoluteTime } from "#server/domain/sshsig/absolute-time.ts";
import type { AllowedSigner } from "#server/domain/sshsig/allowed-signers.ts";
import type { SignatureVerdict } from "#server/domain/sshsig/check.ts";
import type { KeyType } from "#server/domain/sshsig/public-key.ts";
import { verifyByList } from "#server/domain/sshsig/verify-by-list.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { bytesOf, readStart } from "./read-bytes.ts";

const USAGE = `-f ALLOWED_SIGNERS -I IDENTITY -n NAMESPACE -s SIGNATURE [OPTIONS] < MESSAGE

Verifies an SSH signature over the bytes on standard input, in this process and by a stricter
reading than ssh-keygen -Y verify, whose options it takes.

  -f FILE      list of allowed signers; one bad line and the whole list is refused
  -I IDENTITY  who is said to have signed
  -n NAME      what it was signed for
  -s FILE      the signature
  -O verify-time=TIME, --time TIME
               the moment to judge at: 20300115120000Z or 2030-01-15T12:00:00Z (default: now)
  --require-verification
               a security key must have checked its PIN or a finger
  --origin URL
               an address on whose pages a browser may have signed; may be repeated (default: none)
  --json       answers one JSON document: result, error, code

Ends with 0 when the signature is good, 255 when it is refused or a file cannot be read,
2 when the command is called wrongly.`;

/** As ssh-keygen -Y verify ends when it does not verify. */
const EXIT_REFUSED = 255;
/** Beyond it a signature is refused and a list as well, so no more of a file is read. In bytes. */
const READ_LIMIT = 1_048_577;

export const sigVerify: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const asked = readOptions(args);
    const signature = await readStart(asked.signature, READ_LIMIT);
    const list = await readStart(asked.list, READ_LIMIT);
    const answer = { json: asked.isJson, terminal };
    if (signature === null) {
      return refuse(`${asked.signature} cannot be read.`, ["ErrMalformed", "SIGNATURE_UNREADABLE"], answer);
    }
    if (list === null) {
      return refuse(`${asked.list} cannot be read.`, ["ErrUnknownSigner", "ALLOWLIST_UNREADABLE"], answer);
    }
    const verdict = verifyByList({
      armored: signature.toString("latin1"),
      message: await bytesOf(process.stdin),
      allowedSigners: new TextDecoder("utf-8", { ignoreBOM: true }).decode(list),
      ...asked.given,
    });
    if (verdict.kind === "refused") {
      const { error, code, says } = verdict.fault;
      return refuse(says, [error, code], answer);
    }
    accept(verdict, asked.given, answer);
    return EXIT.ok;
  },
};

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      "allowed-signers": { type: "string", short: "f" },
      identity: { type: "string", short: "I" },
      namespace: { type: "string", short: "n" },
      signature: { type: "string", short: "s" },
      option: { type: "string", short: "O", multiple: true, default: [] },
      revoked: { type: "string", short: "r" },
      time: { type: "string" },
      "require-verification": { type: "boolean", default: false },
      origin: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  if (values.revoked !== undefined) {
    throw new UsageError("-r is not taken: take a revoked key out of the list of allowed signers.");
  }
  const named = (value: string | undefined, option: string) => {
    if (value === undefined || value === "") throw new UsageError(`Option ${option} is missing.`);
    return value;
  };
  return {
    list: named(values["allowed-signers"], "-f"),
    signature: named(values.signature, "-s"),
    isJson: values.json,
    given: {
      principal: named(values.identity, "-I"),
      namespace: named(values.namespace, "-n"),
      now: timeOf(values.time, values.option),
      policy: { requiresVerification: values["require-verification"], origins: values.origin },
    },
  };
}

function timeOf(time: string | undefined, options: readonly string[]): Date {
  const given = options.map((option) => {
    const value = /^verify-time=(.*)$/i.exec(option)?.[1];
    if (value === undefined) throw new UsageError("Option -O takes verify-time=TIME and nothing else.");
    return value;
  });
  const [text, ...more] = time === undefined ? given : [time, ...given];
  if (more.length > 0) throw new UsageError("Name one time.");
  if (text === undefined) return clock();
  const moment = parseAbsoluteTime(text) ?? parseInstant(text);
  if (moment === null) {
    throw new UsageError("The time must be a real one with its zone, such as 20300115120000Z.");
  }
  return moment;
}

interface Answer {
  json: boolean;
  terminal: Terminal;
}

function refuse(says: string, [error, code]: readonly [string, string], { json, terminal }: Answer): number {
  if (json) terminal.say(JSON.stringify({ result: "reject", error, code, says }));
  else {
    terminal.complain(`${error} ${code}: ${says}`);
    terminal.say("Could not verify signature.");
  }
  return EXIT_REFUSED;
}

/** As ssh-keygen calls the types. */
const TYPE_NAMES: Record<KeyType, string> = {
  "ssh-ed25519": "ED25519",
  "ecdsa-sha2-nistp256": "ECDSA",
  "ecdsa-sha2-nistp384": "ECDSA",
  "ecdsa-sha2-nistp521": "ECDSA",
  "ssh-rsa": "RSA",
  "sk-ssh-ed25519@openssh.com": "ED25519-SK",
  "sk-ecdsa-sha2-nistp256@openssh.com": "ECDSA-SK",
};

function accept(
  { key, hash, presence }: SignatureVerdict<AllowedSigner> & { kind: "good" },
  { principal, namespace }: { principal: string; namespace: string },
  { json, terminal }: Answer,
): void {
  const { type, fingerprint } = key;
  if (json) {
    const touched = presence === null ? {} : { skFlags: presence.flags, skCounter: presence.counter };
    const found = { principal, keyType: type, fingerprint, hash, ...touched };
    terminal.say(JSON.stringify({ result: "accept", error: null, code: null, ...found }));
    return;
  }
  terminal.say(`Good "${namespace}" signature for ${principal} with ${TYPE_NAMES[type]} key ${fingerprint}`);
}
