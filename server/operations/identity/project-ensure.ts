import type * as z from "zod";
import { projectEnsure as definition } from "#server/domain/operation/identity.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { projectBody, projectsBody } from "#server/openstack/wire/project.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { callPath, isKnown } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, outputOf, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";

type Parameters = z.output<typeof definition.parameters>;

export const projectEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { name, domain_id } = parameters;
    if (!isKnown(domain_id)) return createDraft(context, parameters, []);
    const reader = await openReader(context);
    const path = projectsByName(domain_id, name);
    const answer = await reader.ask({ service: "identity", path, accept: [200, 403] });
    if (answer.status === 403) {
      return blocked(
        `The ${reader.session.describe().userName} account may not list the projects of its own domain (403): the Domain Manager policy is not in force on this cloud.`,
        "Attach the policy override to Keystone and check that it is active, not only configured. Then preview again.",
      );
    }
    const { projects } = readBody(projectsBody, answer);
    const found = projects.find((project) => project.name.toLowerCase() === name.toLowerCase());
    if (!found) return createDraft(context, parameters, reader.reads);
    if (!found.enabled) {
      return blocked(
        `The project ${name} exists and is disabled: enabled is false, not true.`,
        "Somebody disabled it. Find out why before enabling it, then preview again.",
      );
    }
    return {
      disposition: "already_so",
      says: `The project ${name} exists in the domain.`,
      outputs: { id: found.id },
      preconditions: [{ says: `The project ${name} exists and is enabled`, observed: found.id }],
      reads: reader.reads,
    };
  },

  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const path = callPath`/projects/${outputOf(outputs, "id")}`;
    const { project } = await reader.get({ service: "identity", path, body: projectBody });
    const { id, name, domain_id, enabled } = project;
    return { values: { id, name, domain_id, enabled } };
  },
};

function projectsByName(domainId: string, name: string): string {
  return callPath`/projects?domain_id=${domainId}&name=${name}`;
}

function createDraft(context: PlanContext, parameters: Parameters, reads: CloudReader["reads"]): StepDraft {
  const { name, domain_id, description } = parameters;
  const create = plannedCall(context, "create", {
    method: "POST",
    service: "identity",
    path: "/projects",
    body: { project: { name, domain_id, description, enabled: true } },
    accept: [201],
    captures: { id: "/project/id" },
    probe: { path: projectsByName(domain_id, name), list: "/projects", captures: { id: "/id" } },
  });
  return {
    disposition: "apply",
    says: `The domain has no project ${name}: it will be created.`,
    calls: [create],
    outputs: { id: outputRef(context.stepId, "id") },
    preconditions: [{ says: `The domain has no project ${name}`, observed: null }],
    reads,
    revert: `Delete the project ${name}.`,
  };
}
