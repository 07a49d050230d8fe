import { trusteeName } from "#server/domain/operation/cluster-verdict.ts";
import { delegationAbsence as definition } from "#server/domain/operation/identity.ts";
import { NEVER_MADE } from "#server/domain/operation/parameters.ts";
import { domainsBody } from "#server/openstack/wire/domain.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { trustsBody } from "#server/openstack/wire/trust.ts";
import { usersBody } from "#server/openstack/wire/user.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import { notFound } from "../draft.ts";
import type { Operation } from "../handler.ts";

export const delegationAbsence: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, { trustee_domain }) {
    return {
      disposition: "read",
      says: `The trustee is looked for in the domain ${trustee_domain} by name, and its trust by the trustee's id.`,
      outputs: {},
      reads: [
        { service: "identity", path: callPath`/domains?name=${trustee_domain}` },
        { service: "identity", path: "/OS-TRUST/trusts" },
      ],
    };
  },

  async readBack(context, { cluster_id, project_id, trustee_domain, trustee_id }) {
    // Without a cluster of the onboarding there was never a trustee of it.
    if (cluster_id === NEVER_MADE || project_id === NEVER_MADE) {
      return { values: { trustee: "absent", trust: "absent" } };
    }
    const reader = await openReader(context);
    const byName = callPath`/domains?name=${trustee_domain}`;
    const { domains } = await reader.get({ service: "identity", path: byName, body: domainsBody });
    const [domain] = domains;
    // An absence proves something only in a place that exists.
    if (!domain) {
      throw notFound(
        `The cloud has no domain ${trustee_domain}, where Magnum keeps its trustees. Set trustee_domain to the one in magnum.conf.`,
      );
    }
    const name = trusteeName(cluster_id, project_id);
    const path = callPath`/users?domain_id=${domain.id}&name=${name}`;
    const { users } = await reader.get({ service: "identity", path, body: usersBody });
    const answer = await reader.ask({ service: "identity", path: "/OS-TRUST/trusts", accept: [200, 403] });
    // Some policies keep trusts to their owners: then this identity cannot tell.
    const trusts = answer.status === 403 ? null : readBody(trustsBody, answer).trusts;
    const isTrusted = trusts?.some(({ trustee_user_id }) => trustee_user_id === trustee_id);
    return {
      values: {
        trustee: users.some((user) => user.name === name) ? "present" : "absent",
        trust: isTrusted === undefined ? "unknown" : isTrusted ? "present" : "absent",
      },
    };
  },
};
