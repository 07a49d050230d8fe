import { faultOf } from "../sshsig/fault.ts";
import { isPrivateKey, PRIVATE_KEY, readKeyField } from "../sshsig/public-key.ts";

/** Words before the key in a line of known_hosts: `@cert-authority`, `@revoked` (sshd(8), SSH_KNOWN_HOSTS). */
const MARKER = /^@/;
const BASE64 = /^[A-Za-z0-9+/]{32,}={0,2}$/;
const LINE_LIMIT = 8192;

export type HostKeyLine = { kind: "ok"; line: string } | { kind: "refused"; says: string };

/**
 * One public key of a host from a line of known_hosts, of `ssh-keyscan`, or of a .pub file: `type base64`, without the
 * names before it and the comment behind it. `says` never repeats what was pasted.
 */
export function readHostKey(text: string): HostKeyLine {
  if (isPrivateKey(text)) return refused(PRIVATE_KEY);
  const line = text.trim();
  if (line.length > LINE_LIMIT || /[\r\n]/.test(line)) return refused("Give one key a line.");
  const words = line.split(/[ \t]+/);
  if (MARKER.test(words[0] ?? "")) return refused("Markers such as @cert-authority are not supported.");
  const at = words.findIndex((word) => BASE64.test(word));
  const [type, base64] = [words[at - 1], words[at]];
  // In front of it stand at most the names and the type; names may be hashed, which is no base64 for the | in them.
  if (type === undefined || base64 === undefined || at > 2) {
    return refused("This is not a line of known_hosts: it needs a key type and the key.");
  }
  const read = faultOf(() => readKeyField(type, base64));
  return read.kind === "ok" ? { kind: "ok", line: `${type} ${base64}` } : refused(read.fault.says);
}

const refused = (says: string): HostKeyLine => ({ kind: "refused", says });
