/** The stages that stand in one runbook with this one: a tenant has those it was made by and those that remove it. */
export function stagesBeside<S extends { key: string }>(
  tenant: { stages: readonly S[]; offboarding: { stages: readonly S[] } | null },
  stageKey: string,
): readonly S[] {
  const removal = tenant.offboarding?.stages ?? [];
  return removal.some(({ key }) => key === stageKey) ? removal : tenant.stages;
}
