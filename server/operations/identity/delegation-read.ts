import type * as z from "zod";
import { explainCluster, type Presence, trusteeName } from "#server/domain/operation/cluster-verdict.ts";
import { delegationRead as definition } from "#server/domain/operation/identity.ts";
import { clusterBody } from "#server/openstack/wire/cluster.ts";
import { domainsBody } from "#server/openstack/wire/domain.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { type Trust, trustsBody } from "#server/openstack/wire/trust.ts";
import { type User, usersBody } from "#server/openstack/wire/user.ts";
import { callPath, isKnown } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { notFound } from "../draft.ts";
import type { Operation } from "../handler.ts";

type Parameters = z.output<typeof definition.parameters>;

export const delegationRead: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, parameters) {
    return {
      disposition: "read",
      says: `The trustee is looked for in the domain ${parameters.trustee_domain}, and the trust given to it.`,
      outputs: {},
      reads: [
        { service: "identity", path: callPath`/domains?name=${parameters.trustee_domain}` },
        { service: "identity", path: "/OS-TRUST/trusts" },
        ...(isKnown(parameters.cluster_id)
          ? [{ service: "container-infra" as const, path: clusterPath(parameters) }]
          : []),
      ],
    };
  },

  async readBack(context, parameters) {
    const reader = await openReader(context);
    const cluster = await findCluster(reader, parameters);
    const trustee = await findTrustee(reader, parameters);
    const given = await readTrust(reader, parameters, trustee);
    const { cause, says, advice } = explainCluster({
      status: cluster?.status ?? null,
      statusReason: cluster?.status_reason ?? null,
      trustee: trustee === null ? "absent" : "present",
      trust: given.presence,
      delegatedTrusts: parameters.delegated_trusts,
    });
    await context.say(says);
    const values = {
      trustee: trustee === null ? "absent" : "present",
      trustee_id: trustee?.id ?? "none",
      trust: given.presence,
      trust_impersonation: given.trust?.impersonation ?? null,
      cause,
      explanation: says,
      advice,
    };
    if (advice === "") return { values };
    const observed = { trustee: values.trustee, trust: values.trust, cause };
    return {
      values,
      findings: [{ code: `cluster_${cause}`, severity: "problem", says: `${says} ${advice}`, observed }],
    };
  },
};

const clusterPath = ({ cluster_id }: Parameters) => callPath`/clusters/${cluster_id}`;

/** An administrator sees other projects' clusters only where Magnum's policy says so; null: not this one. */
async function findCluster(reader: CloudReader, parameters: Parameters) {
  const path = clusterPath(parameters);
  const answer = await reader.ask({ service: "container-infra", path, accept: [200, 403, 404] });
  return answer.status === 200 ? readBody(clusterBody, answer) : null;
}

async function findTrustee(reader: CloudReader, parameters: Parameters): Promise<User | null> {
  const byName = callPath`/domains?name=${parameters.trustee_domain}`;
  const { domains } = await reader.get({ service: "identity", path: byName, body: domainsBody });
  const [domain] = domains;
  if (!domain) {
    throw notFound(
      `The cloud has no domain ${parameters.trustee_domain}, where Magnum keeps its trustees. Set trustee_domain to the one in magnum.conf.`,
    );
  }
  const name = trusteeName(parameters.cluster_id, parameters.project_id);
  const path = callPath`/users?domain_id=${domain.id}&name=${name}`;
  const { users } = await reader.get({ service: "identity", path, body: usersBody });
  return users.find((user) => user.name === name) ?? null;
}

async function readTrust(
  reader: CloudReader,
  { trustor_user_id }: Parameters,
  trustee: User | null,
): Promise<{ presence: Presence; trust: Trust | null }> {
  if (trustee === null) return { presence: "absent", trust: null };
  const answer = await reader.ask({ service: "identity", path: "/OS-TRUST/trusts", accept: [200, 403] });
  // Some policies keep trusts to their owners: then this identity cannot tell.
  if (answer.status === 403) return { presence: "unknown", trust: null };
  const { trusts } = readBody(trustsBody, answer);
  const trust = trusts.find(
    (one) => one.trustee_user_id === trustee.id && one.trustor_user_id === trustor_user_id,
  );
  return { presence: trust ? "present" : "absent", trust: trust ?? null };
}
