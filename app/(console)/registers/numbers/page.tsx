import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { NumbersPage } from "#components/registers/numbers/numbers-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Numbers" };

export default async function NumbersRoute() {
  await requireSignedIn("/registers/numbers");
  const read = await readForPage(trpc.numbers.list.queryOptions({}));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <NumbersPage />
    </HydrationBoundary>
  );
}
