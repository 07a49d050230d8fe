import { readFile } from "node:fs/promises";
import { parseJson } from "#server/domain/audit/event.ts";
import { type SignedHead, signedHeadSchema } from "#server/domain/audit/head.ts";
import { isPublicKey } from "#server/domain/audit/installation-key.ts";
import { UsageError } from "./command.ts";

/**
 * Heads that somebody kept: one JSON document, or one a line as the console's own file and the git repository have
 * them. Throws UsageError for anything else.
 */
export async function readKeptHeads(path: string): Promise<SignedHead[]> {
  const text = await readText(path);
  const whole = signedHeadSchema.safeParse(parseJson(text));
  if (whole.success) return [whole.data];
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const heads = lines.map((line, at) => {
    const parsed = signedHeadSchema.safeParse(parseJson(line));
    if (!parsed.success) throw new UsageError(`Line ${at + 1} of ${path} is no signed head.`);
    return parsed.data;
  });
  if (heads.length === 0) throw new UsageError(`${path} holds no signed head.`);
  return heads;
}

/** A public key as the console shows it: 32 bytes, base64url. Throws UsageError for anything else. */
export async function readPublicKey(path: string): Promise<string> {
  const text = (await readText(path)).trim();
  if (!isPublicKey(text)) throw new UsageError(`${path} holds no public key of an installation.`);
  return text;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new UsageError(`${path} cannot be read (${code}).`);
  }
}
