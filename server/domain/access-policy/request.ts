import type * as z from "zod";
import { canonicalJson, type Json } from "../canonical/json.ts";
import { findDoubledMember } from "../canonical/doubled-member.ts";
import { type DecisionQuestion, questionJson } from "../decision/decide.ts";
import { PLATFORM_TENANT, pathOf } from "../actor/snapshot.ts";
import { checkSchema, batchSchema } from "./schema.ts";

export type ReadRequest<T> = { kind: "read"; value: T } | { kind: "refused"; field: string; says: string };

/** Reads a check request from JSON text: strict, with the default tenant filled in. */
export function readCheckText(text: string): ReadRequest<DecisionQuestion> {
  const parsed = parseJson(text);
  return parsed.kind === "refused" ? parsed : readCheck(parsed.value);
}

/** Reads a check request that was parsed already. */
export function readCheck(value: unknown): ReadRequest<DecisionQuestion> {
  const parsed = checkSchema.safeParse(value);
  if (!parsed.success) return issueOf(parsed.error);
  const { tenant, resource, ...rest } = parsed.data;
  return questionOf({ ...rest, tenant, resource });
}

/** Reads a batch request: one question for each resource, in their order. */
export function readBatchText(text: string): ReadRequest<readonly DecisionQuestion[]> {
  const json = parseJson(text);
  if (json.kind === "refused") return json;
  const parsed = batchSchema.safeParse(json.value);
  if (!parsed.success) return issueOf(parsed.error);
  const { resources, ...rest } = parsed.data;
  const questions: DecisionQuestion[] = [];
  for (const [index, resource] of resources.entries()) {
    const read = questionOf({ ...rest, resource });
    if (read.kind === "refused") {
      return { ...read, field: read.field.replace(/^resource\b/, `resources[${index}]`) };
    }
    questions.push(read.value);
  }
  return { kind: "read", value: questions };
}

function parseJson(text: string): ReadRequest<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "refused", field: "body", says: "The body is not JSON." };
  }
  if (text.includes("__proto__")) {
    return { kind: "refused", field: "__proto__", says: "__proto__ is no field of a request." };
  }
  const doubled = findDoubledMember(text);
  if (doubled === null) return { kind: "read", value };
  const name = doubled.slice(0, 80);
  return { kind: "refused", field: name, says: `An object holds ${name} twice.` };
}

type Given = Omit<z.output<typeof checkSchema>, "tenant"> & { tenant?: string | undefined };

function questionOf({
  tenant,
  subject,
  resource,
  request_id: requestId,
  ...rest
}: Given): ReadRequest<DecisionQuestion> {
  for (const [field, ref] of [
    ["subject.tenant", subject],
    ["resource.tenant", resource],
  ] as const) {
    if (tenant !== undefined && ref.tenant !== undefined && ref.tenant !== tenant)
      return { kind: "refused", field, says: `${field} is another one than tenant.` };
  }
  const home = tenant ?? PLATFORM_TENANT;
  const value: DecisionQuestion = {
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...rest,
    subject: { ...subject, tenant: subject.tenant ?? home },
    resource: { ...resource, tenant: resource.tenant ?? home },
  };
  return isCanonical(questionJson(value))
    ? { kind: "read", value }
    : {
        kind: "refused",
        field: "body",
        says: "A number is beyond 2^53 or not finite, or a text holds half a character.",
      };
}

function isCanonical(value: Json): boolean {
  try {
    canonicalJson(value);
    return true;
  } catch {
    // What has no canonical form has no decision id.
    return false;
  }
}

function issueOf(error: z.ZodError): { kind: "refused"; field: string; says: string } {
  const [issue] = error.issues;
  const path = pathOf(issue?.path ?? []);
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const field = path === "" ? key : `${path}.${key}`;
    return {
      kind: "refused",
      field: field.slice(0, 200),
      says: `${field.slice(0, 200)} is no field of a request.`,
    };
  }
  const field = path === "" ? "body" : path;
  return { kind: "refused", field, says: `${field}: ${issue?.message ?? "is not right"}.` };
}
