import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** A log is put aside when it is longer, as `.1`; older ones move up, and the last is removed. */
const ROTATE_BYTES = 64 * 1024 * 1024;
const KEPT = 8;

interface Waiting {
  text: string;
  written: () => void;
  failed: (cause: unknown) => void;
}

/**
 * A file of JSON lines that is written ahead: `append` ends when the lines are on the disk, and throws when they are not.
 * Everything that waits while one write is under way goes out with the next.
 */
export class DecisionLog {
  readonly path: string;
  readonly #rotateBytes: number;
  #file: FileHandle | null = null;
  #bytes = 0;
  /** Whether the file may end within a line: the next write begins a new one. */
  #isTorn = false;
  #waiting: Waiting[] = [];
  #working: Promise<void> | null = null;

  private constructor(path: string, rotateBytes: number) {
    this.path = path;
    this.#rotateBytes = rotateBytes;
  }

  /** Opens or makes the file. Throws when it cannot be written to. */
  static async open(path: string, { rotateBytes = ROTATE_BYTES } = {}): Promise<DecisionLog> {
    const log = new DecisionLog(path, rotateBytes);
    await mkdir(dirname(path), { recursive: true });
    await log.#begin();
    return log;
  }

  append(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ text, written: resolve, failed: reject });
    this.#working ??= this.#work();
    return promise;
  }

  async close(): Promise<void> {
    await this.#working;
    await this.#file?.close();
    this.#file = null;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch.map(({ text }) => text).join(""));
        for (const { written } of batch) written();
      } catch (cause) {
        for (const { failed } of batch) failed(cause);
      }
    }
    this.#working = null;
  }

  async #write(text: string): Promise<void> {
    if (this.#bytes >= this.#rotateBytes) await this.#rotate();
    const file = this.#file ?? (await this.#begin());
    const bytes = Buffer.from(this.#isTorn ? `\n${text}` : text);
    this.#isTorn = true;
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
      at += bytesWritten;
    }
    this.#isTorn = false;
    this.#bytes += bytes.length;
  }

  async #begin(): Promise<FileHandle> {
    // Synchronous: a write to it ends when the bytes are on the disk (Node's fs, file system flags).
    const file = await open(this.path, "as+", 0o600);
    this.#file = file;
    const { size } = await file.stat();
    this.#bytes = size;
    if (size === 0) return file;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    this.#isTorn = buffer[0] !== 0x0a;
    return file;
  }

  async #rotate(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    await rm(`${this.path}.${KEPT}`, { force: true });
    for (let age = KEPT - 1; age >= 0; age -= 1) {
      const from = age === 0 ? this.path : `${this.path}.${age}`;
      await rename(from, `${this.path}.${age + 1}`).catch((error: unknown) => {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      });
    }
    await this.#begin();
  }
}
