import type { RecordKind, RecordState } from "../record.ts";

/** What an item holds back while it is not ruled on. A null part stands for any; a stage is one of a runbook. */
export interface GateCover {
  cloudName: string | null;
  tenantSlug: string | null;
  runbookSlug: string | null;
  stageKey: string | null;
  operation: string | null;
}

/** Where something is about to happen: one stage of one tenant, with the operations that it names. */
export interface GateScene {
  cloudName: string;
  tenantSlug: string;
  runbookSlug: string;
  stageKey: string;
  operations: readonly string[];
}

/** Whether a gate is about this: every part that it names is the one here. */
export function isCovered(cover: GateCover, scene: GateScene): boolean {
  return (
    (cover.cloudName === null || cover.cloudName === scene.cloudName) &&
    (cover.tenantSlug === null || cover.tenantSlug === scene.tenantSlug) &&
    (cover.runbookSlug === null || cover.runbookSlug === scene.runbookSlug) &&
    (cover.stageKey === null || cover.stageKey === scene.stageKey) &&
    (cover.operation === null || scene.operations.includes(cover.operation))
  );
}

/** Kinds of records that can hold something back: those on which somebody rules. */
export const GATING_KINDS = ["R", "decision"] as const satisfies readonly RecordKind[];

export const isGatingKind = (kind: RecordKind): kind is (typeof GATING_KINDS)[number] =>
  GATING_KINDS.some((one) => one === kind);

/**
 * States that let what was held back go on. What is rejected or deferred stays denied, and so does a proposal that was
 * put aside without a ruling: until somebody takes the gate away, and says why.
 */
const LIFTING: readonly RecordState[] = ["adopted", "amended", "superseded", "closed"];

export const isHolding = (state: RecordState): boolean => !LIFTING.includes(state);

/** What a gate covers, as words behind "covers". */
export function describeCover(cover: GateCover): string {
  const { cloudName, tenantSlug, runbookSlug, stageKey, operation } = cover;
  const parts = [
    ...(stageKey === null ? [] : [`stage ${stageKey}`]),
    ...(runbookSlug === null ? [] : [`the runbook ${runbookSlug}`]),
    ...(operation === null ? [] : [`the operation ${operation}`]),
    ...(tenantSlug === null ? [] : [`the tenant ${tenantSlug}`]),
    ...(cloudName === null ? [] : [`the cloud ${cloudName}`]),
  ];
  const [first = "nothing", ...rest] = parts;
  return [first, ...rest.map((part) => (part.startsWith("the runbook") ? `of ${part}` : `on ${part}`))].join(
    " ",
  );
}
