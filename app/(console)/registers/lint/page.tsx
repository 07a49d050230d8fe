import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { LintPage } from "#components/registers/lint/lint-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Lint" };

export default async function LintRoute() {
  await requireSignedIn("/registers/lint");
  const read = await readForPage(trpc.registers.lint.queryOptions({}));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <LintPage />
    </HydrationBoundary>
  );
}
