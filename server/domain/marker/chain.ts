import { createHash } from "node:crypto";
import type { Runbook } from "../runbook/runbook.ts";

/** A block or gate of a stage: `block <id>` or `gate <id>`, and the hash of it and of everything that stands before it. */
export interface ChainedPart {
  name: string;
  chain: string;
}

/** A stage as something is proven of it. */
export interface ChainedStage {
  key: string;
  hash: string;
  /** Hash of this stage and of every one before it: an edit changes it here and in all that follows. */
  chain: string;
  parts: readonly ChainedPart[];
  operations: readonly string[];
}

/**
 * The stages of a runbook with what evidence is bound to. What stands before belongs to it: a stage was proven on top of
 * those before it, so an edited block ends what was proven of itself and of everything behind it. The same bytes again
 * give the same chain. Words and titles are not in it.
 */
export function chainStages({ stages }: Pick<Runbook, "stages">): ChainedStage[] {
  let chain = "";
  return stages.map(({ key, hash, parts }) => {
    chain = link(chain, `stage ${key}`);
    const chained = parts.flatMap((part): ChainedPart[] => {
      if (part.kind === "prose") return [];
      const { id, hash: bytes } = part.kind === "block" ? part.block : part.gate;
      chain = link(chain, `${part.kind} ${id} ${bytes}`);
      return [{ name: `${part.kind} ${id}`, chain }];
    });
    const operations = parts.flatMap((part) =>
      part.kind === "block" ? part.block.steps.map(({ operation }) => operation) : [],
    );
    return { key, hash, chain, parts: chained, operations };
  });
}

const link = (before: string, next: string): string =>
  createHash("sha256").update(`${before}\n${next}`, "utf8").digest("hex");
