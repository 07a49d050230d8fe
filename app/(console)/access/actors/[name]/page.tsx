import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ActorPage } from "#components/access/actor-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type Props = { params: Promise<{ name: string }> };

const nameOf = async ({ params }: Props) => decodeURIComponent((await params).name);

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: `Actor ${await nameOf(props)}` };
}

export default async function Page(props: Props) {
  const name = await nameOf(props);
  await requireSignedIn(`/access/actors/${encodeURIComponent(name)}`);
  const read = await readForPage(trpc.access.actor.queryOptions({ name }));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <ActorPage name={name} />
    </HydrationBoundary>
  );
}
