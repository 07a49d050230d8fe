import type { Service } from "#server/domain/plan/states.ts";
import { type Project, projectBody } from "#server/openstack/wire/project.ts";
import { callPath, isKnown } from "./call-path.ts";
import { type CloudReader, openReader } from "./cloud-reader.ts";
import { blocked, differences, notFound, plannedCall } from "./draft.ts";
import type { PlanContext, StepDraft } from "./handler.ts";

interface QuotaPlan {
  projectId: string;
  service: Extract<Service, "compute" | "network">;
  path: string;
  body: Record<string, Record<string, number>>;
  wanted: Record<string, number>;
  /** The limits in force. */
  read(reader: CloudReader): Promise<Record<string, unknown>>;
}

/**
 * A quota is planned only for a project that is proven, or that an earlier step of the plan makes: Neutron stores
 * limits for a project that does not exist and answers 200.
 */
export async function planQuota(context: PlanContext, quota: QuotaPlan): Promise<StepDraft> {
  const set = plannedCall(context, "set", {
    method: "PUT",
    service: quota.service,
    path: quota.path,
    body: quota.body,
    accept: [200],
    // The limits are always there; that they are the wanted ones tells that the call took.
    probe: { path: quota.path, list: null, captures: {}, shows: leavesOf(quota.body) },
  });
  const limits = Object.entries(quota.wanted)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
  const apply = { disposition: "apply" as const, calls: [set], outputs: {} };
  if (!isKnown(quota.projectId)) {
    return {
      ...apply,
      says: `The project is made by this plan; its ${quota.service} limits will be ${limits}.`,
      preconditions: [],
      reads: [],
      revert: "Set the limits back to the cloud's defaults.",
    };
  }
  const reader = await openReader(context);
  if ((await findProject(reader, quota.projectId)) === null) {
    return blocked(
      `No project has the id ${quota.projectId}, so a quota for it would be kept for nobody.`,
      "Run the stage that makes the project, then preview this one again.",
    );
  }
  const present = pick(await quota.read(reader), Object.keys(quota.wanted));
  const wrong = differences(present, quota.wanted);
  const preconditions = [{ says: `The ${quota.service} limits are as read`, observed: present }];
  if (wrong.length === 0) {
    return {
      disposition: "already_so",
      says: `The ${quota.service} limits are ${limits}.`,
      outputs: {},
      preconditions,
      reads: reader.reads,
    };
  }
  const before = Object.entries(present)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
  return {
    ...apply,
    says: `The ${quota.service} limits will be set: ${wrong.join("; ")}.`,
    preconditions,
    reads: reader.reads,
    revert: `Set them back: ${before}.`,
  };
}

function leavesOf(body: QuotaPlan["body"]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(body).flatMap(([wrapper, limits]) =>
      Object.entries(limits).map(([name, value]) => [`/${wrapper}/${name}`, value]),
    ),
  );
}

export async function findProject(reader: CloudReader, projectId: string): Promise<Project | null> {
  const path = callPath`/projects/${projectId}`;
  return (await reader.find({ service: "identity", path, body: projectBody }))?.project ?? null;
}

export function requireProject(project: Project | null, projectId: string): Project {
  if (project !== null) return project;
  throw notFound(
    `No project has the id ${projectId}. A quota stored for it belongs to nobody; the stage that makes the project has to run first.`,
  );
}

function pick(limits: Record<string, unknown>, names: readonly string[]): Record<string, number | null> {
  return Object.fromEntries(
    names.map((name) => {
      const value = limits[name];
      return [name, typeof value === "number" ? value : null];
    }),
  );
}
