import type { Metadata } from "next";
import { ImportPage } from "#components/runbooks/import-page.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Import a runbook" };

export default async function ImportRoute() {
  await requireSignedIn("/runbooks/import");
  const { may } = await requestQueryClient().fetchQuery(trpc.runbooks.list.queryOptions({}));
  return <ImportPage disabledReason={may.edit.says} />;
}
