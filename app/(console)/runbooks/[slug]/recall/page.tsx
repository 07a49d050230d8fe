import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RecallPage } from "#components/runbooks/recall-page.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type RecallRouteProps = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: RecallRouteProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Recall" };
  const read = await readForPage(trpc.runbooks.recall.queryOptions(await params));
  return { title: read.kind === "read" ? `Recall of ${read.data.title}` : "Recall" };
}

export default async function RecallRoute({ params }: RecallRouteProps) {
  const { slug } = await params;
  await requireSignedIn(`/runbooks/${slug}/recall`);
  const read = await readForPage(trpc.runbooks.recall.queryOptions({ slug }));
  if (read.kind === "refused") notFound();
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <RecallPage slug={slug} />
    </HydrationBoundary>
  );
}
