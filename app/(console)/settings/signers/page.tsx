import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { SignersSettings } from "#components/signers/signers-settings.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Signers" };

export default async function SignersPage() {
  await requireSignedIn("/settings/signers");
  const read = await readForPage(trpc.signers.list.queryOptions({}));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <SignersSettings />
    </HydrationBoundary>
  );
}
