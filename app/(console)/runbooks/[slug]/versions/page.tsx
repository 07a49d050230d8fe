import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { VersionsPage } from "#components/runbooks/versions-page.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type VersionsRouteProps = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: VersionsRouteProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Runbook" };
  const { slug } = await params;
  const read = await readForPage(trpc.runbooks.versions.queryOptions({ slug }));
  return { title: read.kind === "read" ? `Versions of ${read.data[0]?.title ?? slug}` : "Runbook" };
}

export default async function VersionsRoute({ params }: VersionsRouteProps) {
  const { slug } = await params;
  await requireSignedIn(`/runbooks/${slug}/versions`);
  const read = await readForPage(trpc.runbooks.versions.queryOptions({ slug }));
  if (read.kind === "refused") notFound();
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <VersionsPage slug={slug} />
    </HydrationBoundary>
  );
}
