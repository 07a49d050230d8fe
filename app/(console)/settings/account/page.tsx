import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { AccountSettings } from "#components/account/account-settings.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  await requireSignedIn("/settings/account");
  const read = await readForPage(trpc.account.get.queryOptions({}));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <AccountSettings />
    </HydrationBoundary>
  );
}
