import type { StageState } from "#server/domain/tenant/progress.ts";

export type BoardCell = { key: string; state: StageState; jobId: string | null; at: Date | null };

export type BoardTenant = {
  id: string;
  slug: string;
  createdAt: Date;
  handedOverAt: Date | null;
  cells: readonly BoardCell[];
};

export type BoardShow = "all" | "attention" | "complete";

const NEEDS_SOMEBODY: ReadonlySet<StageState> = new Set<StageState>([
  "waiting",
  "approved",
  "failed",
  "unknown",
]);

function isComplete({ cells }: BoardTenant): boolean {
  return cells.length > 0 && cells.every(({ state }) => state === "passed");
}

function isShown(tenant: BoardTenant, show: BoardShow): boolean {
  switch (show) {
    case "all":
      return true;
    case "attention":
      return tenant.cells.some(({ state }) => NEEDS_SOMEBODY.has(state));
    case "complete":
      return isComplete(tenant);
  }
}

/** Tenants whose name holds the words typed, of the kind chosen. */
export function filterTenants<T extends BoardTenant>(
  tenants: readonly T[],
  { q, show }: { q: string; show: BoardShow },
): T[] {
  const wanted = q.trim().toLowerCase();
  return tenants.filter((tenant) => tenant.slug.includes(wanted) && isShown(tenant, show));
}

export function countShown(tenants: readonly BoardTenant[], show: BoardShow): number {
  return tenants.filter((tenant) => isShown(tenant, show)).length;
}

/** The stage that matters now: the first that has not passed, else the last one. */
export function currentCell(cells: readonly BoardCell[]): BoardCell | undefined {
  return cells.find(({ state }) => state !== "passed") ?? cells.at(-1);
}
