import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { SeriesPage } from "#components/registers/numbers/series-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type SeriesRouteProps = { params: Promise<{ series: string }> };

export async function generateMetadata({ params }: SeriesRouteProps): Promise<Metadata> {
  return { title: `Numbers of ${(await params).series}` };
}

export default async function SeriesRoute({ params }: SeriesRouteProps) {
  const { series } = await params;
  await requireSignedIn(`/registers/numbers/${series}`);
  const read = await readForPage(trpc.numbers.series.queryOptions({ series }));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <SeriesPage series={series} />
    </HydrationBoundary>
  );
}
