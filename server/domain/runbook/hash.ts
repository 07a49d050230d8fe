import { createHash } from "node:crypto";

/** Normalised bytes of a text: line ends LF, white space at line ends and final newlines gone. */
export function normalize(text: string): string {
  const lines = text.split(/\r\n|\n/).map((line) => line.trimEnd());
  while (lines.at(-1) === "") lines.pop();
  return lines.join("\n");
}

/** `sha256:` and 64 hex digits over the normalised bytes. */
export function contentHash(text: string): string {
  return sha256(normalize(text));
}

/** Hash of a stage: kind and hash of its blocks and gates in order. Prose and titles prove nothing and are not in it. */
export function stageHash(parts: readonly { kind: "block" | "gate"; hash: string }[]): string {
  return sha256(parts.map(({ kind, hash }) => `${kind} ${hash}\n`).join(""));
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text, "utf8").digest("hex")}`;
}
