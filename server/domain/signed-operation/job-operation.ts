import type { Json } from "../canonical/json.ts";
import type { PlannedStep, StagePlan } from "../plan/plan.ts";
import type { OperationEnvelope } from "./envelope.ts";

/** The frozen facts of a job that its operation binds. */
export interface SignedJob {
  id: string;
  number: number;
  digest: string;
  contentDigest: string;
  plan: StagePlan;
}

/** What is about to be carried out: class, target and parameters. */
export interface JobOperation {
  op: string;
  hostId: string;
  guestId: string;
  params: { readonly [key: string]: Json };
}

/** A plan that destroys nothing and that the rules want signed all the same; no class of its own, so never benign. */
const CHANGE = "change";

/** Operations that destroy one guest of a tenant; whatever else destroys takes the tenant itself apart. */
const GUEST_DESTROYING: ReadonlySet<string> = new Set(["container_infra.cluster.delete"]);

/**
 * The operation that a signature over this job is about. The parameters hold the digest that people approved, and in
 * words for the signer's own screen what it covers: where, for whom, and every call.
 */
export function operationOfJob(of: SignedJob, hostId: string): JobOperation {
  const { plan } = of;
  const destroying = plan.steps.filter(({ effect }) => effect === "destroy");
  const intent = intentOf(destroying);
  const isGuest = destroying.every(({ operation }) => GUEST_DESTROYING.has(operation));
  return {
    op: intent?.op ?? (destroying.length === 0 ? CHANGE : isGuest ? "guest_destroy" : "decommission"),
    hostId,
    guestId: intent === null ? plan.tenant.id : targetOf(plan.tenant.slug, intent.vmid),
    params: {
      calls: plan.steps.flatMap(({ calls }) =>
        calls.map(({ method, service, path }) => `${method} ${service} ${path}`),
      ),
      cloud: plan.cloud.name,
      content_digest: of.contentDigest,
      digest: of.digest,
      job: of.id,
      job_number: of.number,
      ...(intent?.volume === undefined ? {} : { volume: intent.volume }),
      runbook: plan.runbook.slug,
      stage: plan.stage.key,
      tenant: plan.tenant.slug,
    },
  };
}

/** What a plan is about on a hypervisor, and the class of what is done to it, as the plan itself holds them. */
function intentOf(destroying: readonly PlannedStep[]): { op: string; vmid: string; volume?: string } | null {
  const [step, ...others] = destroying;
  if (step === undefined || others.length > 0 || step.operation !== "guest.intent") return null;
  const { op, vmid, volume } = step.outputs;
  if (typeof op !== "string" || typeof vmid !== "string") return null;
  return { op, vmid, ...(typeof volume === "string" ? { volume } : {}) };
}

/** `pve1/104`: one guest of a host; `pve1`: the host. */
const targetOf = (host: string, vmid: string) => (vmid === "" ? host : `${host}/${vmid}`);

/** The envelope to be signed. `issuedAt` to `expiresAt` is at most 24 hours. */
export function envelopeOf(
  operation: JobOperation,
  life: { nonce: string; issuedAt: Date; expiresAt: Date },
): OperationEnvelope {
  return {
    op: operation.op,
    target: { host_id: operation.hostId, guest_id: operation.guestId },
    params: operation.params,
    nonce: life.nonce,
    issued_at: life.issuedAt.toISOString(),
    expires_at: life.expiresAt.toISOString(),
    key_id: "",
  };
}
