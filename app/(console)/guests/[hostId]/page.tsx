import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { HostView } from "#components/guests/host-view.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type Props = { params: Promise<{ hostId: string }> };

async function readHost(props: Props) {
  const { hostId } = await props.params;
  await requireSignedIn(`/guests/${hostId}`);
  return readForPage(trpc.guests.host.queryOptions({ tenantId: hostId }));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const read = await readHost(props);
  return { title: read.kind === "refused" ? "Host" : `Guests of ${read.data.host.name}` };
}

export default async function HostPage(props: Props) {
  const read = await readHost(props);
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <HostView hostId={read.data.host.id} />
    </HydrationBoundary>
  );
}
