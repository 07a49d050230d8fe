import { randomUUID } from "node:crypto";
import { expect } from "@playwright/test";
import type { Connection } from "#db/client.ts";
import { runStages, type StageVerdict, startTenant } from "#server/demo/onboard.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import type { Cast } from "./people.ts";

export interface TestTenant {
  id: string;
  slug: string;
  cidr: string;
  stages: readonly { key: string; title: string }[];
}

/** Tenants of their own for each story, with names and networks nobody else has. */
export class Tenants {
  private readonly cast: Cast;
  private readonly sql: Connection["sql"];

  constructor(cast: Cast, sql: Connection["sql"]) {
    this.cast = cast;
    this.sql = sql;
  }

  /** A name and a network that are free. */
  async free(prefix = "t"): Promise<{ slug: string; cidr: string }> {
    const taken = await this.sql<{ cidr: string }[]>`select inputs->>'cidr' as cidr from tenant`;
    const used = new Set(taken.map(({ cidr }) => cidr));
    const third = Array.from({ length: 255 }, (_, at) => at + 1).find((at) => !used.has(`10.20.${at}.0/24`));
    if (third === undefined) throw new Error("The tenant pool is used up.");
    return { slug: `${prefix}-${randomUUID().slice(0, 8)}`, cidr: `10.20.${third}.0/24` };
  }

  /** A tenant that the operator has just started. */
  async start(prefix = "t"): Promise<TestTenant> {
    const { slug, cidr } = await this.free(prefix);
    const started = await startTenant(await this.voices(), {
      slug,
      cloud: "embedded",
      inputs: { ...DEFAULT_TENANT_INPUTS, cidr },
    });
    return { id: started.tenantId, slug, cidr, stages: started.stages };
  }

  /** Runs the named stages as operator and reviewer through the API and insists that each passes. */
  async pass(tenant: TestTenant, keys: readonly string[]): Promise<void> {
    const verdicts = await this.run(tenant, keys);
    expect(verdicts.map(({ stage, state, says }) => ({ stage, state, says }))).toEqual(
      keys.map((stage) => ({ stage, state: "succeeded", says: expect.any(String) })),
    );
  }

  /** Runs the named stages through the API until one does not pass. */
  async run(tenant: TestTenant, keys: readonly string[]): Promise<StageVerdict[]> {
    const stages = tenant.stages.filter(({ key }) => keys.includes(key));
    return runStages(await this.voices(), { tenantId: tenant.id, stages });
  }

  /** Runs stages of the tenant's removal that only read, such as its audit. */
  async looks(tenant: TestTenant, keys: readonly string[]): Promise<void> {
    const stages = keys.map((key) => ({ key, title: key }));
    const verdicts = await runStages(await this.voices(), { tenantId: tenant.id, stages });
    expect(verdicts.map(({ state }) => state)).toEqual(keys.map(() => "succeeded"));
  }

  /** A tenant whose stages up to this one, not included, have passed. */
  async before(stageKey: string, prefix = "t"): Promise<TestTenant> {
    const tenant = await this.start(prefix);
    const at = tenant.stages.findIndex(({ key }) => key === stageKey);
    await this.pass(
      tenant,
      tenant.stages.slice(0, at).map(({ key }) => key),
    );
    return tenant;
  }

  private async voices() {
    return {
      operator: { name: "Olivia Operator", api: await this.cast.api("operator"), cookie: "" },
      reviewer: { name: "Rita Reviewer", api: await this.cast.api("reviewer"), cookie: "" },
      say: () => undefined,
    };
  }
}
