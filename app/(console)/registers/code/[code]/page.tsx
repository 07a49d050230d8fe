import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { boardHref } from "#components/registers/board/list-params.ts";
import { readForPage } from "#server/api/rsc-read.ts";
import { requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Number" };

type Props = { params: Promise<{ code: string }> };

/** Where a number leads: to the one item that has it, or to the list of all that do or name it. */
export default async function Page({ params }: Props) {
  const code = decodeURIComponent((await params).code);
  await requireSignedIn(`/registers/code/${encodeURIComponent(code)}`);
  const found = await readForPage(trpc.items.resolve.queryOptions({ codes: [code] }));
  if (found.kind === "refused") notFound();
  const [only, ...more] = found.data.items;
  redirect(
    only !== undefined && more.length === 0
      ? `/registers/items/${only.id}`
      : boardHref({ q: code.slice(0, 200), show: "all" }),
  );
}
