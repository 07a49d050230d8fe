/** The stages that stand in one runbook with this one: those it was made by, those that remove it, or those of one beside. */
export function stagesBeside<S extends { key: string }>(
  tenant: {
    stages: readonly S[];
    offboarding: { stages: readonly S[] } | null;
    beside: readonly { stages: readonly S[] }[];
  },
  stageKey: string,
): readonly S[] {
  const others = [...tenant.beside, ...(tenant.offboarding === null ? [] : [tenant.offboarding])];
  const home = others.find(({ stages }) => stages.some(({ key }) => key === stageKey));
  return home?.stages ?? tenant.stages;
}
