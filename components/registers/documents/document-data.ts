import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

export type DocumentList = inferRouterOutputs<AppRouter>["registers"]["documents"];
export type DocumentPageData = inferRouterOutputs<AppRouter>["registers"]["document"];
export type PartData = inferRouterOutputs<AppRouter>["registers"]["prose"];

/** What a kind of document is called. */
export const KIND_WORDS: Record<DocumentPageData["kind"], string> = {
  handoff: "Handoff register",
  decisions: "Decision log",
  changelog: "Changelog",
  running_changelog: "Running changelog",
  docfix: "DOCFIX draft",
  security_ledger: "Security ledger",
  session_ledger: "Session ledger",
  session_index: "Session index",
  unknown: "Not understood",
};
