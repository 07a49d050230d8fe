import { strictestEffect } from "../effect/strictest.ts";
import type { Catalogue } from "../operation/definition.ts";
import type { Effect } from "../plan/states.ts";
import type { RunbookBlock } from "./runbook.ts";

/** The strictest effect of a block's steps; a step whose effect nobody declares counts as `destroy`. */
export function blockEffect(block: Pick<RunbookBlock, "steps">, catalogue: Catalogue): Effect {
  return strictestEffect(block.steps.map(({ operation }) => catalogue.get(operation)?.effect));
}
