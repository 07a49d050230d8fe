import { readFile, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { keyIdOf } from "#server/domain/audit/installation-key.ts";
import { type BundleVerdict, verifyBundle } from "#server/domain/evidence/verify-bundle.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { readKeptHeads, readPublicKey } from "./kept-heads.ts";

/** Beyond it nothing is even read. */
const BUNDLE_MAX_BYTES = 300 * 1024 * 1024;

const USAGE = `BUNDLE [--head FILE] [--key FILE] [--json]

Verifies the evidence of a job or a tenant: the archive, the signed manifest, each member, the audit
entries with their proofs, and for each job the digest of its plan, who approved exactly that, the
journal, and the gates judged again. Needs neither the console nor its database nor a network.

  --head FILE  signed heads that were kept elsewhere
  --key FILE   the installation's public key, from elsewhere than the bundle
  --json       answers one JSON document

Ends with 0 when everything fits, 1 when something does not or is left out, 2 when a file cannot be read.`;

export const bundleVerify: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { head: { type: "string" }, key: { type: "string" }, json: { type: "boolean" } },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("Name one bundle.");
    const heads = values.head === undefined ? [] : await readKeptHeads(values.head);
    const publicKey = values.key === undefined ? null : await readPublicKey(values.key);
    const verdict = verifyBundle(await readBundle(path), { heads, publicKey });
    if (values.json === true) terminal.say(JSON.stringify(asDocument(verdict)));
    else tell(verdict, { isPinned: publicKey !== null || heads.length > 0 }, terminal);
    return verdict.kind === "whole" ? EXIT.ok : EXIT.refused;
  },
};

const PROOF = {
  password: "password",
  passkey: "passkey",
  oidc: "single sign-on",
  unknown: "what is not on record",
} as const;

async function readBundle(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > BUNDLE_MAX_BYTES) throw new UsageError(`${path} is larger than any bundle.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new UsageError(`${path} cannot be read (${code}).`);
  }
}

function asDocument(verdict: BundleVerdict) {
  if (verdict.kind === "broken") return { result: "broken", where: verdict.where, error: verdict.says };
  const { kind: result, publicKey, ...facts } = verdict;
  return { result, ...facts, key: keyIdOf(publicKey) };
}

function tell(
  verdict: BundleVerdict,
  { isPinned }: { isPinned: boolean },
  { say, complain }: Terminal,
): void {
  if (verdict.kind === "broken") {
    complain(`broken in ${verdict.where}: ${verdict.says}`);
    return;
  }
  const { kind, lacks, subject, signedAt, publicKey, head, jobs, signatures, approvers } = verdict;
  for (const lack of lacks) complain(`not whole: ${lack}`);
  say(`${kind}: evidence of ${subject.kind} ${subject.id}, signed at ${signedAt}`);
  for (const { number, stageTitle, state } of jobs) say(`job:   ${number}, ${stageTitle}: ${state}`);
  for (const { job, name, fingerprint } of signatures)
    say(`signed: job ${job} by ${name} with ${fingerprint}`);
  say(`log:   head over ${head.size} entries, root ${head.root}`);
  say(`key:   ${keyIdOf(publicKey)}`);
  if (approvers.length > 0) {
    const proofs = approvers.map(
      ({ job, name, provenBy }) => `${name} of job ${job} by ${PROOF[provenBy ?? "unknown"]}`,
    );
    say(
      `note:  how approvers proved who they are is the console's own word, and cannot be verified here: ${proofs.join(", ")}. Signatures are verified.`,
    );
  }
  if (!isPinned) {
    say(
      "note:  the key is the one that the bundle brings. Compare it with the console's, or give --key or --head.",
    );
  }
}
