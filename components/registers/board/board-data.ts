import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

type Items = inferRouterOutputs<AppRouter>["items"];

export type ItemRowData = Items["list"]["rows"][number];
export type Facets = Items["facets"];
export type Outline = Items["outline"];
export type ItemView = Items["get"];
export type ItemEvents = Items["history"]["events"];
export type OverviewData = Items["overview"];
