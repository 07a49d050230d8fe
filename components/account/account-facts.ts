import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

export type AccountFacts = inferRouterOutputs<AppRouter>["account"]["get"];
export type PasskeyFacts = AccountFacts["passkeys"][number];
