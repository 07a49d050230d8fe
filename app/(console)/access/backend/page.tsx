import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { BackendPage } from "#components/certificates/backend-page.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Certificate backend" };

export default async function Page() {
  await requireSignedIn("/access/backend");
  await requestQueryClient().fetchQuery(trpc.certificates.backend.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <BackendPage />
    </HydrationBoundary>
  );
}
