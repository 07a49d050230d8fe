import type * as z from "zod";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PlannedRead } from "#server/domain/plan/plan.ts";
import type { Service } from "#server/domain/plan/states.ts";
import type { CloudResponse } from "#server/openstack/cloud-call.ts";
import type { CloudSession } from "#server/openstack/session.ts";
import { readBody } from "#server/openstack/wire/read.ts";

/** Reads of one identity, remembered so that a plan can show what it looked at. */
export interface CloudReader {
  readonly session: CloudSession;
  readonly reads: PlannedRead[];
  /** Throws CloudError for everything but 200 in the wanted shape, and DomainError for a list that is cut short. */
  get<S extends z.ZodType>(target: ReadTarget<S>): Promise<z.output<S>>;
  /** Null when the cloud answers 404. */
  find<S extends z.ZodType>(target: ReadTarget<S>): Promise<z.output<S> | null>;
  /** The answer itself, where its status is what matters. */
  ask(target: Question): Promise<CloudResponse>;
}

type Question = PlannedRead & { accept: readonly number[]; headers?: Readonly<Record<string, string>> };

export interface ReadTarget<S extends z.ZodType> {
  service: Service;
  path: string;
  body: S;
}

export async function openReader(context: { session(): Promise<CloudSession> }): Promise<CloudReader> {
  return startReader(await context.session());
}

function startReader(session: CloudSession): CloudReader {
  const reads: PlannedRead[] = [];
  const ask = (target: Question) => {
    const { service, path, accept, headers } = target;
    reads.push({ service, path });
    // Named one by one: a target also holds the shape of its answer, which is nothing to be sent.
    return session.call({ service, method: "GET", path, accept, ...(headers ? { headers } : {}) });
  };
  return {
    session,
    reads,
    ask,
    async get(target) {
      return wholeBody(target, await ask({ ...target, accept: [200] }));
    },
    async find(target) {
      const answer = await ask({ ...target, accept: [200, 404] });
      return answer.status === 404 ? null : wholeBody(target, answer);
    },
  };
}

function wholeBody<S extends z.ZodType>(target: ReadTarget<S>, answer: CloudResponse): z.output<S> {
  const body = readBody(target.body, answer);
  if (isCutShort(answer.body)) {
    throw new DomainError(
      "unavailable",
      `The ${target.service} service gave only the first part of ${target.path}. What is not on that part cannot be judged, so nothing was decided. Raise the service's list limit.`,
      { reason: "partial_list" },
    );
  }
  return body;
}

// Keystone says "truncated", Neutron adds "<name>_links" with a next page, Glance and Magnum a "next" path.
// https://docs.openstack.org/api-ref/network/v2/#pagination
function isCutShort(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return Object.entries(body).some(([name, value]) => {
    if (name === "truncated") return value === true;
    if (name === "next") return typeof value === "string" && value !== "";
    return name.endsWith("_links") && Array.isArray(value) && value.some(isNextLink);
  });
}

function isNextLink(link: unknown): boolean {
  return typeof link === "object" && link !== null && "rel" in link && link.rel === "next";
}
