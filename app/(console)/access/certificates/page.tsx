import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { CertificatesPage } from "#components/certificates/certificates-page.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Certificates" };

export default async function Page() {
  await requireSignedIn("/access/certificates");
  await requestQueryClient().fetchQuery(trpc.certificates.list.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <CertificatesPage />
    </HydrationBoundary>
  );
}
