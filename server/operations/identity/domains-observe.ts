import { domainsObserve as definition } from "#server/domain/operation/identity.ts";
import { type Domain, domainsBody } from "#server/openstack/wire/domain.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { openReader } from "../cloud-reader.ts";
import type { ObservedFinding, Operation } from "../handler.ts";
import { FOREIGN_NAMES_MAX } from "../limits.ts";

export const domainsObserve: Operation<typeof definition.parameters> = {
  definition,

  async plan() {
    return {
      disposition: "read",
      says: "The manager lists domains. Which ones it sees is recorded; neither answer is assumed.",
      outputs: {},
      reads: [{ service: "identity", path: "/domains" }],
    };
  },

  async readBack(context, { own_domain_id }) {
    const reader = await openReader(context);
    const answer = await reader.ask({ service: "identity", path: "/domains", accept: [200, 403] });
    if (answer.status === 403) {
      return {
        values: { shows: "refused", visible: 0, foreign: 0, own_visible: false },
        findings: [
          {
            code: "domain_list_refused",
            severity: "info",
            says: "The manager may not list domains. It has to be told its domain's id.",
            observed: { visible: 0 },
          },
        ],
      };
    }
    const { domains } = readBody(domainsBody, answer);
    const foreign = domains.filter((domain) => domain.id !== own_domain_id);
    return {
      values: {
        shows: foreign.length === 0 ? "own_only" : "others",
        visible: domains.length,
        foreign: foreign.length,
        own_visible: foreign.length < domains.length,
      },
      findings: [findingOf(domains.length, foreign)],
    };
  },
};

function findingOf(visible: number, foreign: Domain[]): ObservedFinding {
  if (foreign.length === 0) {
    return {
      code: "domain_list_own_only",
      severity: "info",
      says: "A listing of domains shows the manager its own domain only. This cloud is tighter than the persona's standard.",
      observed: { visible },
    };
  }
  return {
    code: "domain_list_shows_all",
    severity: "warning",
    says: `A listing of domains shows the manager ${foreign.length} that are not its own, by name and description. Tenants of this cloud can learn of each other; they cannot look inside.`,
    observed: {
      visible,
      foreign: foreign.length,
      names: foreign.slice(0, FOREIGN_NAMES_MAX).map(({ name }) => name),
    },
  };
}
