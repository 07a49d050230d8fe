import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type ReadFile, readRegister } from "#server/domain/register/read.ts";
import { DOCUMENT_MAX_BYTES } from "#server/domain/register/source/bytes.ts";
import { UsageError } from "./command.ts";

/** A tree of documents is some hundred files; this stops a folder that was named by mistake. */
const FILES_MAX = 20_000;
const SKIPPED = new Set(["node_modules", ".git"]);

/** Bytes of one file; `-` is the standard input. Throws UsageError when it cannot be read. */
export async function readBytesOf(path: string): Promise<Uint8Array> {
  try {
    if (path === "-") return await readStandardInput();
    const { size } = await stat(path);
    // A longer one is refused by the reader, which needs to see no more than that it is too long.
    if (size > DOCUMENT_MAX_BYTES) return new Uint8Array(DOCUMENT_MAX_BYTES + 1);
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read${codeOf(error)}.`);
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > DOCUMENT_MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}

const codeOf = (error: unknown) =>
  error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";

/** Every Markdown document below a folder, by its path in it. Symbolic links are not followed. */
export async function readTree(folder: string): Promise<{ path: string; file: ReadFile }[]> {
  const paths: string[] = [];
  await walk(folder, paths);
  if (paths.length > FILES_MAX) throw new UsageError(`${folder} has more than ${FILES_MAX} documents.`);
  const files: { path: string; file: ReadFile }[] = [];
  for (const path of paths.sort()) {
    const name = relative(folder, path).split(sep).join("/");
    files.push({ path: name, file: readRegister(await readBytesOf(path), name) });
  }
  return files;
}

async function walk(folder: string, paths: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new UsageError(`${folder} cannot be read${codeOf(error)}.`);
  });
  for (const entry of entries) {
    if (paths.length > FILES_MAX) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) await walk(path, paths);
    else if (entry.isFile() && /\.(?:md|markdown|txt|patch|diff)$/i.test(entry.name)) paths.push(path);
  }
}
