import type { Json } from "#server/domain/canonical/json.ts";
import { type Cast, runStages, type StageVerdict } from "./onboard.ts";

export const REMOVAL_STAGES = [
  { key: "R0", title: "What the tenant owns" },
  { key: "R1", title: "The cluster" },
  { key: "R2", title: "What it built" },
  { key: "R3", title: "Who it was" },
] as const;

/** What the console's audit finds of a tenant now, in an order of its own. */
export async function inventoryOf(cast: Cast, tenantId: string): Promise<string[]> {
  const [verdict] = await runStages(cast, { tenantId, stages: REMOVAL_STAGES.slice(0, 1) });
  if (verdict?.state !== "succeeded")
    throw new Error(`The audit did not pass: ${verdict?.says ?? "not run"}`);
  const { jobs } = await cast.operator.api.tenants.stage.query({ tenantId, stageKey: "R0" });
  const [newest] = jobs;
  if (!newest) throw new Error("The audit left no job.");
  const { evidence } = await cast.operator.api.jobs.get.query({ jobId: newest.id });
  const things = evidence.find(({ stepId }) => stepId === "inventory")?.values["things"];
  return (Array.isArray(things) ? things : []).map(keyOf).sort();
}

function keyOf(thing: Json): string {
  const isThing = typeof thing === "object" && thing !== null && !Array.isArray(thing);
  const key = isThing ? Object.entries(thing).find(([name]) => name === "key")?.[1] : null;
  return typeof key === "string" ? key : "";
}

/** Takes a tenant off the cloud, and looks at the others before and after it. Empty when all is as it should be. */
export async function removeTenant(
  cast: Cast,
  of: { tenantId: string; others: readonly string[] },
): Promise<string[]> {
  const before = await inventories(cast, of.others);
  const verdicts: StageVerdict[] = await runStages(cast, { tenantId: of.tenantId, stages: REMOVAL_STAGES });
  const failed = verdicts.filter(({ state }) => state !== "succeeded");
  if (failed.length > 0) return failed.map(({ stage, says }) => `stage ${stage}: ${says}`);
  const left = await inventoryOf(cast, of.tenantId);
  const after = await inventories(cast, of.others);
  return [
    ...left.map((key) => `left behind: ${key}`),
    ...(before === after ? [] : [`another tenant changed:\n  before ${before}\n  after  ${after}`]),
  ];
}

async function inventories(cast: Cast, tenantIds: readonly string[]): Promise<string> {
  const all: string[][] = [];
  for (const id of tenantIds) all.push(await inventoryOf(cast, id));
  return JSON.stringify(all);
}
