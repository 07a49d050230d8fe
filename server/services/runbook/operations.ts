import { declaredEffect } from "#server/domain/effect/strictest.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import type { Effect } from "#server/domain/plan/states.ts";
import type { RunbookStage } from "#server/domain/runbook/runbook.ts";

import { MANUAL_CHECK, MANUAL_RUN } from "#server/domain/hand/schema.ts";
import { HOST_CHECK, HOST_RUN } from "#server/domain/shell/schema.ts";

export interface OperationWords {
  title: string;
  effect: Effect;
}

/** Steps on hosts are no operations of the catalogue: what they do is their text. */
const OF_HOSTS: Readonly<Record<string, OperationWords>> = {
  [HOST_CHECK]: { title: "Read with a block of shell text", effect: "read" },
  [MANUAL_CHECK]: { title: "A person looks, and attests", effect: "read" },
  [MANUAL_RUN]: { title: "A person does it, and attests", effect: "destroy" },
  [HOST_RUN]: { title: "Run a block of shell text", effect: "destroy" },
};

/** What the operations that these stages name are called and do, by id. */
export function describeOperations(stages: readonly RunbookStage[]): Record<string, OperationWords> {
  const words: Record<string, OperationWords> = {};
  for (const { parts } of stages) {
    for (const part of parts) {
      if (part.kind !== "block") continue;
      for (const { operation } of part.block.steps) {
        const known = CATALOGUE.get(operation) ?? OF_HOSTS[operation];
        words[operation] = { title: known?.title ?? operation, effect: declaredEffect(known?.effect) };
      }
    }
  }
  return words;
}
