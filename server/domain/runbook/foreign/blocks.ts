import { contentHash } from "../hash.ts";
import { assumedIn, seemsToChange, unnamedIdentities } from "./assumed.ts";
import { damageIn } from "./damage.ts";
import { endLabelId, type Label, readBeginLabel, readFenceLabel } from "./label.ts";
import { BLOCKS_MAX } from "./limits.ts";
import { withoutMarkers } from "./markers.ts";
import type { DocumentBlock, Placed } from "./model.ts";
import type { ForeignReading } from "./reading.ts";
import type { Part } from "./scan.ts";

/** Puts the blocks of a document together from their label, their lines and their end. */
export class BlockReader {
  readonly #reading: ForeignReading;
  /** The block whose lines are being read. */
  #open: { block: DocumentBlock; lines: string[] } | null = null;
  /** A label that waits for its fence. */
  #label: { label: Label; part: Part } | null = null;
  /** Cautions that stand before the block they are about. */
  #cautions: Placed[] = [];
  readonly #ids = new Map<string, number>();
  #count = 0;

  constructor(reading: ForeignReading) {
    this.#reading = reading;
  }

  begin(part: Part): void {
    this.closeUnfinished(part.line);
    this.#reading.piece(part, "label");
    if (!/---\s*$/.test(part.text)) {
      this.#remark("block.label", part.line, 'The label of this block does not end in "---".');
    }
    this.#start(readBeginLabel(part.text), part, "begin_end");
  }

  /** A part of a block that has begun. */
  take(part: Part, form: "end" | "fence" | "fence_end" | "body"): void {
    switch (form) {
      case "end":
        return this.#end(part);
      case "fence":
        return this.#fence(part);
      case "fence_end":
        return this.#fenceEnd(part);
      case "body":
        return this.#body(part);
    }
  }

  #end(part: Part): void {
    this.#reading.piece(part, "end");
    if (this.#open === null) {
      this.#remark("block.unbalanced", part.line, "A block ends here and none has begun.");
      return;
    }
    const named = endLabelId(part.text);
    const { id } = this.#open.block;
    if (named !== null && id !== null && named !== id) {
      this.#remark("block.unbalanced", part.line, `The block ${id} ends here as ${named}.`);
    }
    this.#finish(part.line);
  }

  label(part: Part): void {
    this.closeUnfinished(part.line);
    this.#reading.piece(part, "label");
    const label = readFenceLabel(part.text);
    if (label) this.#label = { label, part };
  }

  #fence(part: Part): void {
    this.#reading.piece(part, "label");
    if (this.#label) this.#start(this.#label.label, this.#label.part, "fenced");
    this.#label = null;
  }

  #fenceEnd(part: Part): void {
    this.#reading.piece(part, "end");
    this.#finish(part.line);
  }

  #body(part: Part): void {
    this.#reading.piece(part, "body");
    const open = this.#open;
    if (!open) return;
    const isInline = part.line === open.block.line && open.lines.length === 0;
    open.lines.push(isInline ? part.text.trimStart() : part.text);
    open.block.lastLine = part.line;
    if (part.text.length === 0) return;
    const assumed = assumedIn(part.text);
    if (assumed !== null && open.block.assumed.every(({ text }) => text !== assumed)) {
      open.block.assumed.push({ text: assumed, line: part.line });
    }
    for (const one of damageIn(part.text, part.line)) this.#reading.remark(one);
    if (open.block.kind === "check" && seemsToChange(part.text)) {
      const says = "This block says that it only reads, and this line seems to change something.";
      this.#reading.remark({ code: "block.check_changes", severity: "warning", line: part.line, says });
    }
  }

  caution(placed: Placed): void {
    this.#cautions.push(placed);
  }

  /** What has begun and does not end before this line. */
  closeUnfinished(line: number): void {
    if (this.#open) {
      this.#remark("block.unbalanced", this.#open.block.line, "This block never ends.");
      this.#finish(line);
    }
    if (this.#label) {
      const { part } = this.#label;
      this.#remark("block.no_commands", part.line, "No fence with commands follows this label.");
      this.#label = null;
    }
  }

  /** Cautions before no block are the stage's. */
  leaveStage(): void {
    const last = this.#reading.stage;
    if (this.#cautions.length > 0) {
      (last ?? this.#reading.stageHere(this.#cautions[0]?.line ?? 1)).cautions.push(...this.#cautions);
    }
    this.#cautions = [];
  }

  #start(label: Label, part: Part, encoding: "begin_end" | "fenced"): void {
    const reading = this.#reading;
    const { id, kind, host, identities } = label;
    const title = label.title === null ? null : withoutMarkers(label.title);
    const block: DocumentBlock = {
      id,
      kind,
      encoding,
      label: part.text.trim(),
      title,
      host,
      identities,
      assumed: [],
      text: "",
      hash: "",
      line: part.line,
      lastLine: part.line,
      gates: [],
      expects: [],
      steps: null,
      cautions: this.#cautions,
    };
    this.#cautions = [];
    this.#count += 1;
    if (this.#count <= BLOCKS_MAX) reading.stageHere(part.line).blocks.push(block);
    else this.#remark("document.too_many_blocks", part.line, `There are more than ${BLOCKS_MAX} blocks.`);
    reading.last = block;
    reading.words(part.text, part.line);
    this.#open = { block, lines: [] };
    this.#judgeLabel(label, part.line);
  }

  #judgeLabel({ id, kind, kindWord, host, identities }: Label, line: number): void {
    if (kind === null) {
      const says = `"${kindWord.slice(0, 40)}" is no kind of block. A block is RUN or CHECK (read-only).`;
      this.#remark(
        "block.kind",
        line,
        kindWord === "" ? "This block does not say whether it is RUN or CHECK." : says,
      );
    }
    if (host === null) this.#warn("block.no_host", line, "This block does not say where it runs.");
    if (identities.length === 0)
      this.#warn("block.no_identity", line, "This block does not say as whom it runs.");
    if (id === null) return;
    const first = this.#ids.get(id);
    if (first === undefined) this.#ids.set(id, line);
    else this.#remark("block.same_id", line, `The block ${id} stands in line ${first} already.`);
  }

  #finish(line: number): void {
    const open = this.#open;
    if (!open) return;
    const { block, lines } = open;
    block.text = withoutFence(lines).join("\n");
    block.hash = contentHash(block.text);
    block.lastLine = Math.max(block.lastLine, line);
    if (block.text.trim() === "")
      this.#remark("block.no_commands", block.line, "This block holds no commands.");
    for (const one of unnamedIdentities(block.identities, block.assumed)) this.#reading.remark(one);
    this.#open = null;
  }

  #remark(code: string, line: number, says: string): void {
    this.#reading.remark({ code, severity: "error", line, says });
  }

  #warn(code: string, line: number, says: string): void {
    this.#reading.remark({ code, severity: "warning", line, says });
  }
}

/** Commands between BEGIN and END may stand in a fence of their own. */
function withoutFence(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  const isFenced =
    first !== -1 && first < last && /^`{3,}/.test(lines[first] ?? "") && /^`{3,}$/.test(lines[last] ?? "");
  return isFenced ? lines.slice(first + 1, last) : [...lines];
}
