import type * as z from "zod";
import { keypairEnsure as definition } from "#server/domain/operation/compute.ts";
import type { PlannedRead } from "#server/domain/plan/plan.ts";
import { keypairBody } from "#server/openstack/wire/keypair.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";

type Parameters = z.output<typeof definition.parameters>;

// From 2.92 on Nova makes no keys: an older one is asked for, which every later release still speaks.
// https://docs.openstack.org/nova/latest/reference/api-microversion-history.html
const MICROVERSION = { "OpenStack-API-Version": "compute 2.10", "X-OpenStack-Nova-API-Version": "2.10" };

export const keypairEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { name } = parameters;
    const reader = await openReader(context);
    const found = await reader.find({ service: "compute", path: keypairPath(name), body: keypairBody });
    if (found === null) return createDraft(context, parameters, { reads: reader.reads, because: null });
    if (!context.holdsSecret("keypair_private_key")) {
      return blocked(
        `The keypair ${name} exists and its private key is not kept here. Nova shows it once.`,
        `Delete the keypair ${name} as the service user, then preview again: a new one will be made and sealed.`,
      );
    }
    return {
      disposition: "already_so",
      says: `The keypair ${name} exists and its private key is sealed.`,
      outputs: {},
      preconditions: [{ says: `The keypair ${name} exists`, observed: found.keypair.fingerprint }],
      reads: reader.reads,
    };
  },

  planBlind(context, parameters) {
    if (!context.holdsSecret("keypair_private_key")) {
      return createDraft(context, parameters, { reads: [], because: context.because });
    }
    const says = `${context.because} The private key of ${parameters.name} is sealed from an earlier run; that the keypair exists is read back.`;
    return { disposition: "already_so", says, outputs: {}, reads: [] };
  },

  async readBack(context, { name }) {
    const reader = await openReader(context);
    const path = keypairPath(name);
    const { keypair } = await reader.get({ service: "compute", path, body: keypairBody });
    const userId = keypair.user_id ?? reader.session.describe().userId;
    return { values: { name: keypair.name, fingerprint: keypair.fingerprint, user_id: userId } };
  },
};

const keypairPath = (name: string) => callPath`/os-keypairs/${name}`;

function createDraft(
  context: Pick<PlanContext, "stepId">,
  { name }: Parameters,
  { reads, because }: { reads: PlannedRead[]; because: string | null },
): StepDraft {
  const create = plannedCall(context, "create", {
    method: "POST",
    service: "compute",
    path: "/os-keypairs",
    body: { keypair: { name } },
    accept: [200, 201],
    seals: { keypair_private_key: "/keypair/private_key" },
    headers: MICROVERSION,
    probe: { path: keypairPath(name), list: null, captures: {} },
  });
  return {
    disposition: "apply",
    says:
      because !== null
        ? `${because} ${name} will be created; should it exist, Nova answers 409 and nothing is changed.`
        : `The service user has no keypair ${name}: Nova will make one, and its private key is sealed.`,
    calls: [create],
    outputs: {},
    preconditions: because !== null ? [] : [{ says: `No keypair is named ${name}`, observed: null }],
    reads,
    revert: `Delete the keypair ${name} as the service user.`,
  };
}
