import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "./atomic-file.ts";
import type { World } from "./world.ts";

/** Bumped when a slice's shape changes: an older file is then set aside and the cloud is seeded afresh. */
const STATE_VERSION = 1;

/** The world written by an earlier start, or null when there is none of this version. */
export async function findSavedWorld(file: string): Promise<World | null> {
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const saved = trustOwnState(JSON.parse(content));
  return saved.version === STATE_VERSION ? saved.world : null;
}

interface SavedState {
  version: number;
  world: World;
}

/** The one cast: only `StateFile.write` makes this 0600 file, from a World, with its version beside it. */
function trustOwnState(value: unknown): SavedState {
  return value as SavedState;
}

/** Group commit: `persist` resolves once a write that started after the call is on disk. */
export class StateFile {
  private readonly file: string;
  private readonly world: World;
  private running: Promise<void> | null = null;
  private queued: Promise<void> | null = null;

  constructor(file: string, world: World) {
    this.file = file;
    this.world = world;
  }

  persist(): Promise<void> {
    if (this.queued !== null) return this.queued;
    if (this.running === null) return this.start();
    const queued = this.running
      .catch(() => undefined) // the earlier caller has its own rejection; this write stands alone
      .then(() => {
        this.queued = null;
        return this.start();
      });
    this.queued = queued;
    return queued;
  }

  private start(): Promise<void> {
    const running = this.write().finally(() => {
      if (this.running === running) this.running = null;
    });
    this.running = running;
    return running;
  }

  private write(): Promise<void> {
    return writeFileAtomically(
      this.file,
      JSON.stringify({ version: STATE_VERSION, world: this.world } satisfies SavedState),
      0o600,
    );
  }
}
