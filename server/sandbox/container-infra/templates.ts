import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { JsonObject } from "#server/sandbox/kernel/wire.ts";
import { magnum, type MagnumCall, readBody } from "./call.ts";
import { MagnumFault, nameNotUnique, policyDenied, templateNotFound } from "./faults.ts";
import type { TemplateRecord } from "./state.ts";
import { checkTemplate } from "./template-document.ts";
import { resourceLinks, wireTime } from "./view.ts";

export const templateRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v1/clustertemplates", handler: magnum(listTemplates) },
  { method: "POST", pattern: "/v1/clustertemplates", handler: magnum(createTemplate) },
  { method: "GET", pattern: "/v1/clustertemplates/detail", handler: magnum(listTemplates) },
  { method: "GET", pattern: "/v1/clustertemplates/:templateId", handler: magnum(showTemplate) },
  { method: "DELETE", pattern: "/v1/clustertemplates/:templateId", handler: magnum(deleteTemplate) },
];

/** A template by uuid or name: the project's own, or a public one. */
export function getTemplate(call: MagnumCall, ident: string): TemplateRecord {
  const visible = call.state.templates.filter((template) => canSee(call, template));
  const byId = visible.find((template) => template.uuid === ident);
  if (byId !== undefined) return byId;
  const [template, another] = visible.filter((candidate) => candidate.attributes.name === ident);
  if (another !== undefined) throw nameNotUnique("clustertemplates", "clustertemplate");
  if (template === undefined) throw templateNotFound(ident);
  return template;
}

function canSee(call: MagnumCall, template: TemplateRecord): boolean {
  if (template.attributes.public && !template.attributes.hidden) return true;
  return isOwn(call, template) || call.isAdmin;
}

function isOwn(call: MagnumCall, template: TemplateRecord): boolean {
  return call.projectId === null
    ? template.userId === call.token.userId
    : template.projectId === call.projectId;
}

function listTemplates(call: MagnumCall): SandboxResponse {
  const templates = call.state.templates
    .filter(
      (template) =>
        call.isAdmin || isOwn(call, template) || (template.attributes.public && !template.attributes.hidden),
    )
    .map((template) => templateView(call, template));
  return { status: 200, body: { clustertemplates: templates } };
}

function showTemplate(call: MagnumCall): SandboxResponse {
  return { status: 200, body: templateView(call, getTemplate(call, idParameter(call))) };
}

function createTemplate(call: MagnumCall): SandboxResponse {
  const checked = checkTemplate(call, readBody(call));
  const template: TemplateRecord = {
    uuid: newUuid(),
    projectId: call.projectId,
    userId: call.token.userId,
    ...checked,
    createdAt: call.request.now.toISOString(),
    updatedAt: null,
  };
  call.state.templates.push(template);
  const view = templateView(call, template);
  return {
    status: 201,
    headers: {
      Location: `${call.world.settings.origin}/container-infra/v1/clustertemplates/${template.uuid}`,
    },
    // Only the answer to the creation has fractions of a second (recorded).
    body: { ...view, created_at: template.createdAt.replace("Z", "000+00:00") },
  };
}

function deleteTemplate(call: MagnumCall): SandboxResponse {
  const template = getTemplate(call, idParameter(call));
  if (!isOwn(call, template) && !call.isAdmin) throw policyDenied("clustertemplate:delete");
  if (call.state.clusters.some((cluster) => cluster.templateId === template.uuid)) {
    throw new MagnumFault(400, `ClusterTemplate ${template.uuid} is referenced by one or multiple clusters.`);
  }
  call.state.templates = call.state.templates.filter((other) => other !== template);
  return { status: 204 };
}

function templateView(call: MagnumCall, template: TemplateRecord): JsonObject {
  return {
    uuid: template.uuid,
    ...template.attributes,
    cluster_distro: template.clusterDistro,
    links: resourceLinks(call.world, "clustertemplates", template.uuid),
    project_id: template.projectId,
    user_id: template.userId,
    created_at: wireTime(template.createdAt),
    updated_at: template.updatedAt === null ? null : wireTime(template.updatedAt),
  };
}

function idParameter(call: MagnumCall): string {
  return call.request.params["templateId"] ?? "";
}
