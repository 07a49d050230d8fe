import { notFound, redirect } from "next/navigation";
import { readForPage } from "#server/api/rsc-read.ts";
import { requireSignedIn, trpc } from "#server/api/rsc.ts";

type TenantPageProps = { params: Promise<{ tenantId: string }> };

/** Leads to the stage that matters now: the first that has not passed, else the last one. */
export default async function TenantPage({ params }: TenantPageProps) {
  const { tenantId } = await params;
  await requireSignedIn(`/tenants/${tenantId}`);
  const tenant = await readForPage(trpc.tenants.get.queryOptions({ tenantId }));
  if (tenant.kind === "refused") return null;
  const { stages } = tenant.data;
  const stage = stages.find(({ progress }) => progress?.isPassed !== true) ?? stages.at(-1);
  if (stage === undefined) notFound();
  redirect(`/tenants/${tenantId}/stages/${stage.key}`);
}
