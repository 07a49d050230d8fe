import { constants } from "node:fs";
import { access, chmod, mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "countersign-run-";
const IN_MEMORY = "/dev/shm";

export interface PrivateFolder {
  /** Where the shell starts, and its HOME. */
  home: string;
  /** The block's bytes. */
  script: string;
  secrets: string;
  /** Takes away everything, also what the block left. */
  remove(): Promise<void>;
}

/**
 * Two folders of one run that nobody else can enter (0700): one to work in, and one for its text and secrets, in memory
 * where there is such a place. Files are 0600.
 */
export async function makePrivateFolder(given: {
  runId: string;
  script: Uint8Array;
  secrets: ReadonlyMap<string, string>;
}): Promise<PrivateFolder> {
  const name = `${PREFIX}${given.runId}-`;
  const home = await mkdtemp(join(tmpdir(), name));
  const kept = await mkdtemp(join(await placeInMemory(), name));
  const folder: PrivateFolder = {
    home,
    script: join(kept, "block.sh"),
    secrets: join(kept, "secrets"),
    remove: async () => {
      await removeFolder(kept);
      await removeFolder(home);
    },
  };
  await mkdir(folder.secrets, { mode: 0o700 });
  await writePrivate(folder.script, given.script);
  for (const [name, value] of given.secrets) {
    await writePrivate(join(folder.secrets, name), Buffer.from(value, "utf8"));
  }
  return folder;
}

/** Folders that runs of a process that is gone have left, by run. */
export async function listLeftFolders(): Promise<{ runId: string; path: string }[]> {
  const places = [...new Set([tmpdir(), await placeInMemory()])];
  const found = await Promise.all(
    places.map(async (place) => {
      const names = (await readdir(place)).filter((name) => name.startsWith(PREFIX));
      return names.map((name) => ({
        runId: name.slice(PREFIX.length, name.lastIndexOf("-")),
        path: join(place, name),
      }));
    }),
  );
  return found.flat();
}

/** A block may have taken its own rights away. */
export async function removeFolder(path: string): Promise<void> {
  await chmod(path, 0o700);
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

// Created with its mode, never changed to it: nobody can open it in between.
async function writePrivate(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

async function placeInMemory(): Promise<string> {
  try {
    await access(IN_MEMORY, constants.W_OK | constants.X_OK);
    return IN_MEMORY;
  } catch {
    return tmpdir();
  }
}
