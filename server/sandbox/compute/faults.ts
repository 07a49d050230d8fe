import type { SandboxResponse } from "#server/sandbox/kernel/router.ts";

// The names nova.api.openstack.wsgi.Fault gives to status codes.
const faultNames: Record<number, string> = {
  400: "badRequest",
  403: "forbidden",
  404: "itemNotFound",
  405: "badMethod",
  409: "conflictingRequest",
};

export function novaFault(status: number, message: string): SandboxResponse {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=UTF-8" },
    body: { [faultNames[status] ?? "computeFault"]: { code: status, message } },
  };
}

/** `rule` without its prefix: "os-quota-sets:update". */
export function policyDenied(rule: string): SandboxResponse {
  return novaFault(403, `Policy doesn't allow os_compute_api:${rule} to be performed.`);
}

/** Nova puts Python's own notation of the refused value into its validation messages. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([key, inner]) => `'${key}': ${pythonRepr(inner)}`);
    return `{${entries.join(", ")}}`;
  }
  return JSON.stringify(value);
}
