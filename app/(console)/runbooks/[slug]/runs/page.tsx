import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { readRunsParams } from "#components/runbooks/runs-params.ts";
import { RunsPage } from "#components/runbooks/runs-page.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type RunsRouteProps = {
  params: Promise<{ slug: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

async function inputOf({ params, searchParams }: RunsRouteProps) {
  return { ...(await params), ...readRunsParams(await searchParams) };
}

export async function generateMetadata(props: RunsRouteProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Run log" };
  const read = await readForPage(trpc.runbooks.runs.queryOptions(await inputOf(props)));
  return { title: read.kind === "read" ? `Run log of ${read.data.title}` : "Run log" };
}

export default async function RunsRoute(props: RunsRouteProps) {
  const input = await inputOf(props);
  await requireSignedIn(`/runbooks/${input.slug}/runs`);
  const read = await readForPage(trpc.runbooks.runs.queryOptions(input));
  if (read.kind === "refused") notFound();
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <RunsPage {...input} />
    </HydrationBoundary>
  );
}
