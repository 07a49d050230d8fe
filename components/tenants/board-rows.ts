import { type BoardCell, decodeBoardCell } from "#server/domain/board/schema.ts";
import { decodeProofs, NO_PROOF, type Proof } from "#server/domain/marker/schema.ts";
import type { StageState } from "#server/domain/tenant/progress.ts";

export type BoardTenant = {
  id: string;
  slug: string;
  handedOverAt: Date | null;
  /** One for each stage of the runbook, in its order. */
  cells: readonly BoardCell[];
  /** What is proven of each stage for this tenant, in its own version of the text. */
  proofs: readonly Proof[];
};

type WireTenant = Omit<BoardTenant, "cells" | "proofs"> & { cells: readonly string[]; proofs: string };

/** Tenants as the server sends them, with their cells read; the stages carry what holds where a tenant says nothing. */
export function readTenants(
  tenants: readonly WireTenant[],
  stages: readonly { marker: Proof | null }[],
): BoardTenant[] {
  const columns = stages.map(({ marker }) => marker ?? NO_PROOF);
  return tenants.map((tenant) => ({
    ...tenant,
    cells: tenant.cells.map(decodeBoardCell),
    proofs: decodeProofs(tenant.proofs, columns),
  }));
}

export type BoardShow = "all" | "attention" | "complete";

const NEEDS_SOMEBODY: ReadonlySet<StageState> = new Set<StageState>([
  "waiting",
  "by_hand",
  "approved",
  "failed",
  "unknown",
]);

function isComplete({ cells }: BoardTenant): boolean {
  return cells.length > 0 && cells.every((cell) => cell?.state === "passed");
}

function isShown(tenant: BoardTenant, show: BoardShow): boolean {
  switch (show) {
    case "all":
      return true;
    case "attention":
      return tenant.cells.some((cell) => cell !== null && NEEDS_SOMEBODY.has(cell.state));
    case "complete":
      return isComplete(tenant);
  }
}

/** Tenants whose name holds the words typed, of the kind chosen, at the stage chosen (its index, or past the last). */
export function filterTenants<T extends BoardTenant>(
  tenants: readonly T[],
  { q, show, stage = null }: { q: string; show: BoardShow; stage?: number | null },
): T[] {
  const wanted = q.trim().toLowerCase();
  return tenants.filter(
    (tenant) =>
      tenant.slug.includes(wanted) &&
      isShown(tenant, show) &&
      (stage === null || firstOpen(tenant.cells) === stage),
  );
}

/** Index of the first stage that has not passed; of one that has passed all, their number. */
function firstOpen(cells: readonly BoardCell[]): number {
  const at = cells.findIndex((cell) => cell?.state !== "passed");
  return at === -1 ? cells.length : at;
}

export function countShown(tenants: readonly BoardTenant[], show: BoardShow): number {
  return tenants.filter((tenant) => isShown(tenant, show)).length;
}

/** Index of the stage that matters now: the first that has not passed, else the last one. */
export function currentStage(cells: readonly BoardCell[]): number {
  const at = cells.findIndex((cell) => cell?.state !== "passed");
  return at === -1 ? cells.length - 1 : at;
}
