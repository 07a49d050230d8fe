import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RunbookReader } from "#components/runbooks/runbook-reader.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type RunbookPageProps = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: RunbookPageProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Runbook" };
  const read = await readForPage(trpc.runbooks.get.queryOptions({ slug: (await params).slug }));
  return { title: read.kind === "read" ? read.data.runbook.title : "Runbook" };
}

export default async function RunbookPage({ params }: RunbookPageProps) {
  const { slug } = await params;
  await requireSignedIn(`/runbooks/${slug}`);
  // A slug that nothing was ever published under is an address of nothing.
  const read = await readForPage(trpc.runbooks.get.queryOptions({ slug }));
  if (read.kind === "refused") notFound();
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <RunbookReader slug={slug} />
    </HydrationBoundary>
  );
}
