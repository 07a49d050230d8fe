import { generateSnapshot } from "#server/domain/actor/generate.ts";
import { readInventory } from "#server/domain/actor/inventory.ts";
import { type LoadedRegistry, readSnapshot, readSnapshotText } from "#server/domain/actor/snapshot.ts";
import type { RegistryFault } from "#server/domain/actor/fault.ts";
import { UsageError } from "./command.ts";
import { readBytesOf } from "./register-files.ts";

type ReadFile =
  { kind: "read"; registry: LoadedRegistry } | { kind: "refused"; faults: readonly RegistryFault[] };

/** UTF-8 text of a file; `-` is the standard input. Throws UsageError. */
export async function readTextOf(path: string): Promise<string> {
  const bytes = await readBytesOf(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is no UTF-8 text.`);
  }
}

export async function readSnapshotFile(path: string): Promise<ReadFile> {
  return readSnapshotText(await readTextOf(path));
}

export async function readInventoryFile(path: string): Promise<ReadFile> {
  const read = readInventory(await readTextOf(path));
  return read.kind === "refused" ? read : readSnapshot(generateSnapshot(read.actors));
}

/** A snapshot, or an inventory that is made into one: whichever the file is. JSON begins with a brace. */
export async function readEither(path: string): Promise<ReadFile> {
  const text = await readTextOf(path);
  if (/^\s*\{/.test(text) && !/^\s*\{\s*actors\b/.test(text)) return readSnapshotText(text);
  const read = readInventory(text);
  return read.kind === "refused" ? read : readSnapshot(generateSnapshot(read.actors));
}
