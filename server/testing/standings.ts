import { randomUUID } from "node:crypto";
import { parametersOf, type StandingContent } from "#server/domain/standing/cover.ts";
import { FIRST_STAGE, type JobWorld } from "./jobs.ts";

const DAY = 24 * 60 * 60 * 1000;

/** A standing approval of the sample's plan for a week, with every parameter free. */
export function standingContent(world: JobWorld, change: Partial<StandingContent> = {}): StandingContent {
  const { stage, cloud, steps } = world.planFor(
    { tenantId: randomUUID(), stageKey: FIRST_STAGE },
    (made) => made,
  );
  const names = new Set(
    steps.flatMap(({ operation, parameters }) =>
      [...parametersOf(parameters).keys()].map((name) => `${operation} ${name}`),
    ),
  );
  return {
    name: "New domains",
    stageKey: stage.key,
    stageHash: stage.hash,
    cloudId: cloud.id,
    tenants: [],
    operations: [...new Set(steps.map(({ operation }) => operation))],
    parameters: [...names].map((pair) => {
      const [operation = "", name = ""] = pair.split(" ");
      return { operation, name, allowed: null };
    }),
    maxUses: 2,
    from: world.now.toISOString(),
    until: new Date(world.now.getTime() + 7 * DAY).toISOString(),
    replaces: null,
    ...change,
  };
}
