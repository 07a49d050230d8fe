import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

type Outputs = inferRouterOutputs<AppRouter>["policy"];
export type PolicyFacts = Outputs["get"];
export type Analysis = Outputs["analyse"];
export type Observed = Outputs["observed"];

/** What is being written: the override and everything that it is judged by. */
export interface Writing {
  source: string;
  live: string;
  release: string;
  set: string;
}
