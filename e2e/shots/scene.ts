import { type Api, signIn, type Visitor } from "#server/demo/api-client.ts";
import { demoPerson } from "#server/demo/console.ts";
import { runStages, startTenant } from "#server/demo/onboard.ts";
import { isFinal } from "#server/domain/job/states.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import { markedDescription } from "#server/operations/identity/tenant-domain.ts";
import { EmbeddedCloud, USUAL_POLICY } from "../cloud.ts";
import { readyApproval, requestThrough } from "../requests.ts";
import { until } from "../until.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7"] as const;
type StageKey = (typeof STAGES)[number];

/** Longer than all pictures of a running job take. */
const HOLD_MS = 90_000;

interface Tenant {
  id: string;
  slug: string;
  stages: { key: string; title: string }[];
}

/** What the pictures are taken of, by the words of the screens. */
export interface Scene {
  complete: { id: string; jobId: string };
  open: { id: string };
  failed: { id: string; jobId: string };
  waiting: { id: string; jobId: string };
  drifted: { jobId: string };
  unknown: { jobId: string };
  refused: { jobId: string };
  running: { jobId: string };
}

/** Brings a new console to a state in which every screen has something to say. */
export class SceneBuilder {
  private readonly cast: { operator: Visitor; reviewer: Visitor; say: () => void };
  private readonly cloud: EmbeddedCloud;
  private networks = 23;

  private constructor(cast: { operator: Visitor; reviewer: Visitor }, cloud: EmbeddedCloud) {
    this.cast = { ...cast, say: () => undefined };
    this.cloud = cloud;
  }

  static async on(console: { origin: string; dataDir: string }): Promise<SceneBuilder> {
    const person = (name: string) => signIn(console.origin, demoPerson(console.dataDir, name));
    const cast = { operator: await person("Olivia Operator"), reviewer: await person("Rita Reviewer") };
    return new SceneBuilder(cast, new EmbeddedCloud(console.dataDir));
  }

  async build(): Promise<Scene> {
    const acme = await this.upTo("acme", "6-7", "through");
    const scene = {
      complete: { id: acme.id, jobId: await this.lastJob(acme, "6-7") },
      open: { id: (await this.upTo("globex", "4")).id },
      failed: await this.failed(),
      unknown: await this.unknown(),
      refused: await this.refused(),
      drifted: await this.drifted(),
      waiting: await this.waiting(),
    };
    await this.start("zenith");
    return { ...scene, running: await this.running() };
  }

  async close(): Promise<void> {
    await this.cloud.clearFaults();
    await this.cloud.close();
  }

  private async start(slug: string): Promise<Tenant> {
    this.networks += 1;
    const { tenantId, stages } = await startTenant(this.cast, {
      slug,
      cloud: "embedded",
      inputs: { ...DEFAULT_TENANT_INPUTS, cidr: `10.20.${this.networks}.0/24` },
    });
    return { id: tenantId, slug, stages };
  }

  /** A tenant whose stages before this one have passed, this one as well with `through`. */
  private async upTo(slug: string, key: StageKey, last: "before" | "through" = "before"): Promise<Tenant> {
    const tenant = await this.start(slug);
    const end = STAGES.indexOf(key) + (last === "through" ? 1 : 0);
    const verdicts = await this.run(tenant, STAGES.slice(0, end));
    const odd = verdicts.find(({ state }) => state !== "succeeded");
    if (odd) throw new Error(`${slug}, stage ${odd.stage}: ${odd.state}. ${odd.says}`);
    return tenant;
  }

  private run(tenant: Tenant, keys: readonly string[]) {
    const stages = tenant.stages.filter((stage) => keys.includes(stage.key));
    return runStages(this.cast, { tenantId: tenant.id, stages });
  }

  private get api(): Api {
    return this.cast.operator.api;
  }

  private async lastJob(tenant: Tenant, stageKey: string): Promise<string> {
    const { jobs } = await this.api.tenants.stage.query({ tenantId: tenant.id, stageKey });
    return jobs[0]?.id ?? "";
  }

  private ask(tenant: Tenant, stageKey: StageKey) {
    return requestThrough(this.api, { tenantId: tenant.id, stageKey });
  }

  private async approve(jobId: string): Promise<void> {
    const { api } = this.cast.reviewer;
    await api.jobs.approve.mutate(await readyApproval(api, jobId));
  }

  private async ended(jobId: string): Promise<void> {
    await until(async () => (isFinal((await this.api.jobs.get.query({ jobId })).state) ? true : null));
  }

  private async failed() {
    const tenant = await this.upTo("initech", "3");
    await this.cloud.setPolicy({ appCredTrust: false });
    await this.run(tenant, ["3"]);
    await this.cloud.setPolicy(USUAL_POLICY);
    return { id: tenant.id, jobId: await this.lastJob(tenant, "3") };
  }

  private async unknown() {
    const tenant = await this.upTo("hooli", "1");
    const { jobId } = await this.ask(tenant, "1");
    const domains = { service: "identity", pathPrefix: "/v3/domains" } as const;
    await this.cloud.addFault({ match: { ...domains, method: "POST" }, times: 1, effect: "cut_after" });
    const slow = { times: 1, effect: "delay_ms", delayMs: 2_000 } as const;
    await this.cloud.addFault({ match: { ...domains, method: "POST" }, ...slow });
    await this.approve(jobId);
    await until(async () => ((await this.cloud.faultsLeft()) === 0 ? true : null));
    await this.cloud.addFault({ match: { ...domains, method: "GET" }, times: 20, effect: "http500" });
    await this.ended(jobId);
    await this.cloud.clearFaults();
    return { jobId };
  }

  private async refused() {
    const tenant = await this.upTo("soylent", "1");
    const { jobId } = await this.ask(tenant, "1");
    const { digest } = await this.api.jobs.get.query({ jobId });
    const reason = "The client has not signed yet. Ask again on Monday.";
    await this.cast.reviewer.api.jobs.reject.mutate({ jobId, digest, reason });
    return { jobId };
  }

  private async drifted() {
    const tenant = await this.upTo("stark", "1");
    const { jobId } = await this.ask(tenant, "1");
    const description = markedDescription(`Client: ${tenant.slug}`, tenant.id);
    await this.cloud.asAdmin("POST", "/identity/v3/domains", { domain: { name: tenant.slug, description } });
    return { jobId };
  }

  private async waiting() {
    const tenant = await this.upTo("umbrella", "2");
    const { jobId } = await this.ask(tenant, "2");
    return { id: tenant.id, jobId };
  }

  /** A job that hangs in a call for as long as pictures are taken. */
  private async running() {
    const tenant = await this.upTo("wayne", "2");
    const { jobId } = await this.ask(tenant, "2");
    const match = { service: "identity", method: "PUT", pathPrefix: "/v3/domains" } as const;
    await this.cloud.addFault({ match, times: 1, effect: "delay_ms", delayMs: HOLD_MS });
    await this.approve(jobId);
    await until(async () => ((await this.cloud.faultsLeft()) === 0 ? true : null));
    return { jobId };
  }
}
