import type * as z from "zod";
import { templateEnsure as definition } from "#server/domain/operation/container-infra.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { clusterTemplateBody } from "#server/openstack/wire/cluster-template.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, differences, outputOf, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { MAGNUM_VERSION } from "./microversion.ts";
import { readTemplate, templateValues } from "./template-values.ts";

type Parameters = z.output<typeof definition.parameters>;

export const templateEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { name } = parameters;
    const reader = await openReader(context);
    const path = templatePath(name);
    const answer = await reader.ask({ service: "container-infra", path, accept: [200, 404, 409] });
    if (answer.status === 409) {
      return blocked(
        `The project sees more than one cluster template named ${name}. Which one is meant cannot be told.`,
        `Delete all but one template named ${name}, then preview again.`,
      );
    }
    if (answer.status === 404) return createDraft(context, parameters, reader.reads);
    const found = readBody(clusterTemplateBody, answer);
    const wrong = differences(templateValues(found), wanted(parameters));
    if (wrong.length > 0) {
      return blocked(
        `The cluster template ${name} exists and differs: ${wrong.join("; ")}.`,
        `Delete the template ${name} if no cluster uses it, then preview again: it will be made as it should be.`,
      );
    }
    return {
      disposition: "already_so",
      says: `The cluster template ${name} exists as it should be.`,
      outputs: { id: found.uuid },
      preconditions: [{ says: `The cluster template ${name} exists`, observed: found.uuid }],
      reads: reader.reads,
    };
  },

  async readBack(context, _parameters, outputs) {
    const template = await readTemplate(await openReader(context), outputOf(outputs, "id"));
    const { labels: _labels, keypair: _keypair, dns_nameserver: _dns, ...values } = templateValues(template);
    return { values };
  },
};

const templatePath = (name: string) => callPath`/clustertemplates/${name}`;

function wanted(parameters: Parameters): Record<string, Json> {
  const { image_id, external_network_id, flavor, master_flavor, keypair, network_driver } = parameters;
  return {
    coe: "kubernetes",
    image_id,
    external_network_id,
    flavor,
    master_flavor,
    keypair,
    network_driver,
    dns_nameserver: parameters.dns_nameserver,
    labels: parameters.labels,
    master_lb_enabled: true,
    floating_ip_enabled: true,
    public: false,
  };
}

function createDraft(context: PlanContext, parameters: Parameters, reads: CloudReader["reads"]): StepDraft {
  const { name, flavor, master_flavor, keypair, ...given } = parameters;
  const create = plannedCall(context, "create", {
    method: "POST",
    service: "container-infra",
    path: "/clustertemplates",
    body: {
      name,
      coe: "kubernetes",
      ...given,
      flavor_id: flavor,
      master_flavor_id: master_flavor,
      keypair_id: keypair,
      docker_storage_driver: "overlay2",
      server_type: "vm",
      tls_disabled: false,
      registry_enabled: false,
      master_lb_enabled: true,
      floating_ip_enabled: true,
      public: false,
    },
    accept: [201],
    captures: { id: "/uuid" },
    headers: MAGNUM_VERSION,
    probe: { path: templatePath(name), list: null, captures: { id: "/uuid" } },
  });
  return {
    disposition: "apply",
    says: `The project sees no cluster template ${name}: it will be created.`,
    calls: [create],
    outputs: { id: outputRef(context.stepId, "id") },
    preconditions: [{ says: `No cluster template is named ${name}`, observed: null }],
    reads,
    revert: `Delete the cluster template ${name}; a template that a cluster uses cannot be deleted.`,
  };
}
