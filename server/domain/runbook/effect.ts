import { strictestEffect } from "../effect/strictest.ts";
import type { Catalogue } from "../operation/definition.ts";
import type { Effect } from "../plan/states.ts";
import type { Runbook, RunbookBlock } from "./runbook.ts";

/** The strictest effect of a block's steps; a step whose effect nobody declares counts as `destroy`. */
export function blockEffect(block: Pick<RunbookBlock, "steps">, catalogue: Catalogue): Effect {
  return strictestEffect(block.steps.map(({ operation }) => catalogue.get(operation)?.effect));
}

/** The strictest effect of anything that the runbook would run. */
export function runbookEffect({ stages }: Pick<Runbook, "stages">, catalogue: Catalogue): Effect {
  const blocks = stages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === "block" ? [part.block] : [])),
  );
  return strictestEffect(blocks.map((block) => blockEffect(block, catalogue)));
}
