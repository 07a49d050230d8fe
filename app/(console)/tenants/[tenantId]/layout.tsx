import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { TenantFrame } from "#components/tenants/tenant-frame.tsx";
import { TenantsAway } from "#components/tenants/tenants-away.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type TenantLayoutProps = { params: Promise<{ tenantId: string }>; children: ReactNode };

export default async function TenantLayout({ params, children }: TenantLayoutProps) {
  const { tenantId } = await params;
  await requireSignedIn(`/tenants/${tenantId}`);
  const tenant = await readForPage(trpc.tenants.get.queryOptions({ tenantId }));
  if (tenant.kind === "refused") return <TenantsAway title="Tenant" says={tenant.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <TenantFrame tenantId={tenantId}>{children}</TenantFrame>
    </HydrationBoundary>
  );
}
