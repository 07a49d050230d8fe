import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

type Outputs = inferRouterOutputs<AppRouter>["runbooks"];

export type RunbooksFacts = Outputs["list"];
export type DraftFacts = Outputs["draft"];
export type DraftPreviewFacts = Outputs["draftPreview"];
export type OutlineFacts = Outputs["document"]["outline"];
export type VersionFacts = Outputs["versions"][number];
export type PartChangeFacts = Outputs["compare"]["changes"][number];
export type RunbookFacts = Outputs["get"];
export type MarginFacts = RunbookFacts["markers"];
export type RunFacts = Outputs["runs"]["runs"][number];
export type RecallFacts = Outputs["recall"];
export type AuthorFacts = Outputs["get"]["authors"];
