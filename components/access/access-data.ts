import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

type Outputs = inferRouterOutputs<AppRouter>["access"];
export type ActorsPage = Outputs["actors"];
export type ActorRow = ActorsPage["actors"][number];
export type DecisionRow = Outputs["decisions"]["decisions"][number];
export type ExplainedDecision = Outputs["decision"];
export type Compared = Outputs["compare"];
export type Shadowed = Outputs["shadow"];
export type CaseRow = Outputs["packages"]["cases"][number];

export const decisionHref = (id: string) => `/access/decisions/${encodeURIComponent(id)}`;
export const actorHref = (name: string) => `/access/actors/${encodeURIComponent(name)}`;
