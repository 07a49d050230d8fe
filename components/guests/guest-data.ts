import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

type Outputs = inferRouterOutputs<AppRouter>;

export type Fleet = Outputs["guests"]["fleet"];
export type HostFacts = Outputs["guests"]["host"];

/** A setting as a cell shows it: nothing for what nobody wants in any way. */
export function inCell(value: string | number | boolean | readonly string[] | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "object") return value.length === 0 ? "none" : value.join(", ");
  return value === "" ? "empty" : String(value);
}

export const FIELD_WORDS = {
  run_state: "State",
  cores: "Cores",
  memory_mib: "Memory, MiB",
  description: "Description",
  tags: "Tags",
  onboot: "Starts with its host",
} as const;

/** The same, and what else one generation may want otherwise than another. */
export const CHANGE_WORDS = {
  ...FIELD_WORDS,
  guest: "Guest",
  kind: "Kind",
  intent: "Intent",
  interval_seconds: "Looked at every, seconds",
} as const;
