import type * as z from "zod";
import type { Json } from "#server/domain/canonical/json.ts";
import * as definitions from "#server/domain/operation/identity-policy.ts";
import { readSetText } from "#server/domain/identity-policy/analysis.ts";
import {
  effectivePolicy,
  judgePolicy,
  type SavedPolicy,
} from "#server/domain/identity-policy/cloud-policy.ts";
import {
  judgeProbe,
  listCreateProbes,
  listGrantProbes,
  listReadProbes,
  predictProbe,
  type Probe,
  type ProbeGround,
  type ProbeResult,
} from "#server/domain/identity-policy/probe.ts";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import type { CloudSession } from "#server/openstack/session.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, notFound, plannedCall } from "../draft.ts";
import type { ObservedFinding, Operation, ReadBack, ReadContext } from "../handler.ts";

type Probing = z.output<typeof definitions.policyProbe.parameters>;

const NO_POLICY =
  "Nobody has saved a policy override for this cloud, so there is nothing to compare its answers with.";
const SAVE_ONE = "Write or paste it on the page Policy and save it, then preview again.";
const READ_STATUSES = [200, 204, 403, 404, 500];

export const policyProbe: Operation<typeof definitions.policyProbe.parameters> = {
  definition: definitions.policyProbe,

  async plan(context, parameters) {
    const saved = await context.policy();
    if (saved === null) return blocked(NO_POLICY, SAVE_ONE);
    const probes = listReadProbes(groundOf(parameters));
    return {
      disposition: "read",
      says: `${probes.length} questions are asked as ${parameters.persona}; each answer is set beside what revision ${saved.number} of the policy says.`,
      outputs: {},
      preconditions: [revisionOf(saved)],
      reads: probes.map(({ path }) => ({ service: "identity", path })),
    };
  },

  async readBack(context, parameters) {
    const reader = await openReader(context);
    const answered: Answered[] = [];
    for (const probe of listReadProbes(groundOf(parameters))) {
      const { status } = await reader.ask({ service: "identity", path: probe.path, accept: READ_STATUSES });
      answered.push({ probe, status });
    }
    return judge(context, { parameters, answered, session: reader.session });
  },
};

export const policyAttempt: Operation<typeof definitions.policyAttempt.parameters> = {
  definition: definitions.policyAttempt,

  async plan(context, parameters) {
    const saved = await context.policy();
    if (saved === null) return blocked(NO_POLICY, SAVE_ONE);
    const calls = attemptsOf(parameters).map((probe) =>
      plannedCall(context, probe.id, {
        method: probe.method === "PUT" ? "PUT" : "POST",
        service: "identity",
        path: probe.path,
        body: probe.method === "PUT" ? null : probe.body,
        // Every answer is one: what it means is judged after the last of them.
        accept: probe.method === "PUT" ? [201, 204, 403, 404] : [400, 403],
        probe: lookFor(probe),
      }),
    );
    return {
      disposition: "attempt",
      says: `${calls.length} requests are made as ${parameters.persona} that change nothing where the policy is right: things without a name, which whoever may make them is told with 400, roles that the user has already, and grants that have to be refused.`,
      calls,
      outputs: {},
      preconditions: [revisionOf(saved)],
      reads: [],
      revert:
        "Needed only for a grant that should have been refused and was not: take it back with DELETE on the same path. The findings of the run name it.",
    };
  },

  async readBack(context, parameters, outputs) {
    const answered = attemptsOf(parameters).map((probe) => ({
      probe,
      status: statusOf(probe, outputs),
    }));
    return judge(context, { parameters, answered, session: await context.session() });
  },
};

/** What is tried: grants only for an identity that has to be refused some. */
function attemptsOf(parameters: z.output<typeof definitions.policyAttempt.parameters>) {
  const ground = groundOf(parameters);
  return parameters.grants
    ? [...listCreateProbes(ground), ...listGrantProbes(ground)]
    : listCreateProbes(ground);
}

/** Where it would show that a request took effect whose answer was lost: the grant; of a thing without a name, nothing. */
function lookFor({ method, path }: Probe): NonNullable<PlannedCall["probe"]> {
  if (method === "POST") {
    return { path: `${path}?name=countersign-without-a-name`, list: path, captures: {} };
  }
  const [, scopes = "", scopeId = "", , userId = "", , roleId = ""] = path.split("/");
  const scope = scopes === "domains" ? "domain" : "project";
  const listing = `/role_assignments?user.id=${userId}&role.id=${roleId}&scope.${scope}.id=${scopeId}`;
  return { path: listing, list: "/role_assignments", captures: {} };
}

function statusOf({ id, method, path }: Probe, outputs: Readonly<Record<string, string>>): number {
  const status = Number(outputs[`${id}_status`]);
  if (Number.isInteger(status)) return status;
  throw notFound(`The answer to ${method} ${path} was lost, so what the policy says of it was not observed.`);
}

const revisionOf = ({ number, digest }: SavedPolicy) => ({
  says: `Revision ${number} of the policy is the newest`,
  observed: digest,
});

function groundOf(parameters: Probing): ProbeGround {
  const place = (of: "own" | "other") => ({
    domain_id: parameters[`${of}_domain_id`],
    project_id: parameters[`${of}_project_id`],
    user_id: parameters[`${of}_user_id`],
  });
  return {
    own: place("own"),
    other: place("other"),
    roles: {
      member: parameters.member_id,
      "load-balancer_member": parameters.load_balancer_member_id,
      manager: parameters.manager_id,
      admin: parameters.admin_id,
    },
  };
}

interface Answered {
  probe: Probe;
  status: number;
}

async function judge(
  context: ReadContext,
  { parameters, answered, session }: { parameters: Probing; answered: Answered[]; session: CloudSession },
): Promise<ReadBack> {
  const saved = await context.policy();
  const read = saved === null ? null : judgePolicy(saved);
  if (saved === null || read?.kind !== "read") throw notFound(NO_POLICY);
  const set = readSetText(saved.set);
  const cases = set.kind === "set" ? set.set.cases : [];
  const policy = effectivePolicy(read.policy, parameters.policy === "override");
  const ground = groundOf(parameters);
  const asked = { asker: session.describe(), ground, policy, release: read.policy.release };
  const results = answered.map(({ probe, status }) =>
    judgeProbe(
      { persona: parameters.persona, probe, status },
      { predicted: predictProbe(probe, asked), cases },
    ),
  );
  for (const result of results) await context.say(inWords(result));
  const differing = results.filter(({ differs }) => differs);
  const failing = results.filter(({ holds }) => !holds);
  return {
    values: {
      revision: saved.number,
      asked: results.length,
      differences: differing.length,
      failed: failing.length,
      results: results.map((result): Json => ({ ...result })),
    },
    findings: [
      ...differing.map((result) => finding("policy_differs", result, differenceInWords(result))),
      ...failing.map((result) => finding("policy_case_fails", result, caseInWords(result))),
    ],
  };
}

function finding(code: string, result: ProbeResult, says: string): ObservedFinding {
  const { persona, operation, place, observed, simulated, status } = result;
  const of = [persona, operation.replace("identity:", ""), place].join("_").replaceAll(/[^a-z0-9]+/gi, "_");
  return {
    code: `${code}_${of}`,
    severity: "problem",
    says,
    observed: { persona, operation, place, observed, simulated, status },
  };
}

const about = ({ persona, operation, place }: ProbeResult) => `${operation} of ${persona} on ${place}`;

function inWords(result: ProbeResult): string {
  const simulated = result.simulated === null ? "not simulated" : `simulated ${result.simulated}`;
  return `${about(result)}: ${result.status}, observed ${result.observed}, ${simulated}${result.differs ? ": it differs" : ""}`;
}

function differenceInWords(result: ProbeResult): string {
  return `The cloud's policy is not the simulated one: ${about(result)} was simulated as ${result.simulated ?? "unknown"} (${result.branch}) and observed as ${result.observed}.`;
}

function caseInWords(result: ProbeResult): string {
  return `An acceptance case fails: ${about(result)} has to be ${result.group === "DENY" ? "refused" : "allowed"} and was observed as ${result.observed}.`;
}
