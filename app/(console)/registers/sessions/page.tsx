import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { SessionsPage } from "#components/registers/sessions/sessions-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Sessions" };

export default async function SessionsRoute() {
  await requireSignedIn("/registers/sessions");
  const read = await readForPage(trpc.registers.sessions.queryOptions({}));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <SessionsPage />
    </HydrationBoundary>
  );
}
