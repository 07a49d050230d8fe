import { type AllowedOptions, readOptions } from "./allowed-options.ts";
import { demand, faultOf, type SignatureCode, SignatureFault } from "./fault.ts";
import { matchesList } from "./pattern-list.ts";
import { isPrivateKey, isSameKey, PRIVATE_KEY, type PublicKey, readKeyField } from "./public-key.ts";
import { isInWindow } from "./window.ts";

/** In characters. */
const FILE_LIMIT = 1_048_576;

/** One line of an allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS). */
export interface AllowedSigner extends AllowedOptions {
  /** From 1. */
  line: number;
  /** Patterns of the identities that sign with this key. */
  principals: string;
  key: PublicKey;
  comment: string;
}

export type AllowedSigners =
  | { kind: "ok"; signers: readonly AllowedSigner[] }
  | { kind: "refused"; line: number; code: SignatureCode; says: string };

/**
 * Reads an allowed_signers file. Where OpenSSH skips a bad line and goes on, the whole file is refused here with the
 * number of that line: a list that is half read allows what its author took for forbidden.
 */
export function parseAllowedSigners(text: string): AllowedSigners {
  if (text.length > FILE_LIMIT) return refusedLine(1, bad("the list is longer than 1 MiB"));
  const signers: AllowedSigner[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/\r$/, "").replace(/^[ \t]+|[ \t]+$/g, "");
    if (line === "" || line.startsWith("#")) continue;
    const read = faultOf(() => readLine(line));
    if (read.kind === "fault") return refusedLine(index + 1, read.fault);
    signers.push({ line: index + 1, ...read.value });
  }
  return { kind: "ok", signers };
}

const bad = (detail: string) => new SignatureFault("ALLOWLIST_LINE", detail);

function refusedLine(line: number, { code, detail }: SignatureFault): AllowedSigners & { kind: "refused" } {
  const says = `Line ${line} of the list of allowed signers cannot be used: ${detail}. No line of the list was used. Correct it and read the list again.`;
  return { kind: "refused", line, code, says };
}

/** The first field of a line, in which quotes protect blanks, and what follows it. */
function splitField(text: string): [field: string, rest: string] {
  const field = /^(?:[^\s"]|"(?:[^"\\]|\\.)*")+(?=[ \t]|$)/.exec(text)?.[0];
  demand(field !== undefined, "ALLOWLIST_LINE", "a field is missing or has an open quote");
  return [field, text.slice(field.length).replace(/^[ \t]+/, "")];
}

/** A type of key, ours or not, so that an unsupported key is told from a bad option. */
const isKeyType = (field: string) => /^(?:ssh|ecdsa|sk)-/.test(field);

function readLine(line: string): Omit<AllowedSigner, "line"> {
  demand(!/[^\P{Cc}\t]/u.test(line), "ALLOWLIST_LINE", "it holds a control character");
  const [principals, behind] = splitField(line);
  demand(
    /^[\x21-\x7e]+$/.test(principals) && !principals.includes('"'),
    "ALLOWLIST_LINE",
    "its identities are not plain words",
  );
  const [first, behindFirst] = splitField(behind);
  const options = readOptions(isKeyType(first) ? "" : first);
  const [type, behindType] = isKeyType(first) ? [first, behindFirst] : splitField(behindFirst);
  const [base64, comment] = splitField(behindType);
  const key = faultOf(() => readKeyField(type, base64));
  // The line is at fault, whatever is wrong with its key.
  if (key.kind === "fault") throw bad(`its key is refused (${key.fault.code})`);
  return { principals, ...options, key: key.value, comment };
}

/** What may be imported as signers: every line names this purpose, and no key stands twice. */
export function importAllowedSigners(text: string, namespace: string): AllowedSigners {
  if (isPrivateKey(text)) return { kind: "refused", line: 1, code: "ALLOWLIST_LINE", says: PRIVATE_KEY };
  const parsed = parseAllowedSigners(text);
  if (parsed.kind === "refused") return parsed;
  const seen = new Set<string>();
  for (const { line, namespaces, key } of parsed.signers) {
    if (namespaces === null || !matchesList(namespace, namespaces)) {
      return refusedLine(line, bad(`it does not say namespaces="${namespace}" before the type of its key`));
    }
    if (seen.has(key.fingerprint)) return refusedLine(line, bad("its key stands in an earlier line"));
    seen.add(key.fingerprint);
  }
  return parsed;
}

/**
 * The line that lets this key sign as this identity for this purpose at this time, as `ssh-keygen -Y verify` looks for
 * it: the first that fits; one that has expired does not stop a later one. Throws the fault of the line that came
 * closest.
 */
export function admitByList(
  signers: readonly AllowedSigner[],
  key: PublicKey,
  asked: { principal: string; namespace: string; now: Date },
): AllowedSigner {
  const same = signers.filter((signer) => isSameKey(signer.key, key));
  demand(same.length > 0, "KEY_NOT_ALLOWED");
  const named = same.filter(({ principals }) => matchesList(asked.principal, principals));
  demand(named.length > 0, "PRINCIPAL_NOT_ALLOWED");
  const meant = named.filter(
    ({ namespaces }) => namespaces === null || matchesList(asked.namespace, namespaces),
  );
  demand(meant.length > 0, "KEY_NAMESPACE_NOT_ALLOWED");
  const signer = meant.find((one) => isInWindow(one, asked.now));
  demand(signer !== undefined, "KEY_NOT_VALID_NOW");
  return signer;
}
