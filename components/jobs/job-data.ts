import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

/** Everything of one job as the server reads it from the frozen record. */
export type JobFacts = inferRouterOutputs<AppRouter>["jobs"]["get"];
export type JobRow = inferRouterOutputs<AppRouter>["jobs"]["list"]["jobs"][number];
export type OutputLine = inferRouterOutputs<AppRouter>["jobs"]["output"]["lines"][number];
