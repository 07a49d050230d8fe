import { createHash } from "node:crypto";
import type { CapturedLine } from "../process/captured-lines.ts";
import type { Run } from "../run.ts";

/** Bytes of standard output that are kept to be judged. Beyond them nothing is taken out of it: half a text proves nothing. */
const JUDGED_BYTES = 8 * 1024 * 1024;

/** What a block prints: masked already, told to the job's output in order while the process waits, and kept to be judged. */
export class BlockOutput {
  private readonly run: Run;
  private readonly stepId: string;
  private readonly saidAs: "pasted" | null;
  private readonly kept: string[] = [];
  private keptBytes = 0;
  private count = 0;
  private readonly hashes = { stdout: createHash("sha256"), stderr: createHash("sha256") };

  /** `saidAs`: what its lines are in the job's output, where that is not the stream that they came in. */
  constructor(run: Run, stepId: string, saidAs: "pasted" | null = null) {
    this.run = run;
    this.stepId = stepId;
    this.saidAs = saidAs;
  }

  async take(lines: readonly CapturedLine[]): Promise<void> {
    for (const { stream, bytes, cutBytes } of lines) {
      this.count += 1;
      const text = bytes.toString("utf8");
      this.hashes[stream].update(text).update("\n");
      if (stream === "stdout") {
        this.keptBytes += bytes.length + 1;
        if (this.keptBytes <= JUDGED_BYTES && cutBytes === 0) this.kept.push(text);
        else this.keptBytes = Number.POSITIVE_INFINITY;
      }
      this.run.say(
        this.saidAs ?? stream,
        cutBytes > 0 ? `${text} [cut: ${cutBytes} more bytes]` : text,
        this.stepId,
      );
    }
    await this.run.output.flush();
  }

  /** Everything printed on standard output; null where not all of it was kept. */
  text(): string | null {
    return this.keptBytes > JUDGED_BYTES ? null : this.kept.join("\n");
  }

  get lines(): number {
    return this.count;
  }

  /** Of both streams, each in its order: between them the order is chance. */
  digest(): string {
    const { stdout, stderr } = this.hashes;
    const parts = [stdout.copy().digest("hex"), stderr.copy().digest("hex")];
    return `sha256:${createHash("sha256").update(parts.join("\n")).digest("hex")}`;
  }
}
