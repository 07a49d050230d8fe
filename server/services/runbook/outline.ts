import {
  type DocumentBlock,
  type Role,
  type RunbookDocument,
  unplacedPieces,
} from "#server/domain/runbook/foreign/model.ts";

/** Lines of prose that a page shows; the text itself is beside it. */
const KEPT_MAX = 500;

/** What a document holds, for a page: everything but the lines themselves, and how many lines were taken for what. */
export function outlineOf(document: RunbookDocument) {
  const { pieces, stages, ...rest } = document;
  const roles: Partial<Record<Role, number>> = {};
  for (const { role } of pieces) roles[role] = (roles[role] ?? 0) + 1;
  return {
    ...rest,
    stages: stages.map(({ blocks, ...stage }) => ({ ...stage, blocks: blocks.map(withoutSteps) })),
    roles,
    unplaced: unplacedPieces(document).slice(0, KEPT_MAX),
  };
}

function withoutSteps({ steps: _steps, ...block }: DocumentBlock) {
  return block;
}
