import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

/** A proposal as the server tells it to whoever looks. */
export type ProposalFacts = inferRouterOutputs<AppRouter>["proposals"]["get"];
