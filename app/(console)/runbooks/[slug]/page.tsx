import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RunbookReader } from "#components/runbooks/runbook-reader.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type RunbookPageProps = {
  params: Promise<{ slug: string }>;
  searchParams: Promise<{ version?: string | string[] }>;
};

/** The version that the address names; without one the newest is read. */
async function inputOf({ params, searchParams }: RunbookPageProps) {
  const { slug } = await params;
  const { version } = await searchParams;
  return typeof version === "string" ? { slug, versionId: version } : { slug };
}

export async function generateMetadata(props: RunbookPageProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Runbook" };
  const read = await readForPage(trpc.runbooks.get.queryOptions(await inputOf(props)));
  return { title: read.kind === "read" ? read.data.runbook.title : "Runbook" };
}

export default async function RunbookPage(props: RunbookPageProps) {
  const input = await inputOf(props);
  const { slug } = input;
  await requireSignedIn(`/runbooks/${slug}`);
  // A slug that nothing was ever published under is an address of nothing.
  const read = await readForPage(trpc.runbooks.get.queryOptions(input));
  if (read.kind === "refused") notFound();
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <RunbookReader {...input} />
    </HydrationBoundary>
  );
}
