import { spawn } from "node:child_process";
import { bytesOf } from "./read-bytes.ts";

/** Longer than any signature. In bytes. */
const SIGNATURE_LIMIT = 65_536;

/**
 * `ssh-keygen -Y sign` over exactly these bytes, by standard input: no file lies between what was shown and what is
 * signed. It asks for a passphrase or a touch on the terminal itself. Null when it made no signature; it has said why.
 */
export async function signWithKey(key: string, namespace: string, message: Buffer): Promise<string | null> {
  const child = spawn("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", key], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((done) => {
    child.once("error", () => done(null));
    child.once("close", done);
  });
  // A program that ends before it has read everything closes the pipe; its exit code tells.
  child.stdin.on("error", () => {});
  child.stdin.end(message);
  const signature = await bytesOf(child.stdout, SIGNATURE_LIMIT);
  return (await ended) === 0 ? signature.toString("latin1") : null;
}
