"use client";

import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Link } from "#components/ui/link.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { CheckPanel } from "./check-panel.tsx";

/** The check of an item whose page was made without it; it has a page of its own as well. */
export function CheckInDrawer({ itemId }: { itemId: string }) {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.checks.get.queryOptions({ itemId }));
  if (error !== null) return <RefusalNotice error={error} />;
  const reading = <SkeletonLines lines={4} label="Reading the check" />;
  if (data === undefined) return reading;
  return (
    <Suspense fallback={reading}>
      <CheckPanel itemId={itemId} />
      <Link href={`/registers/checks/${itemId}`}>The page of this check</Link>
    </Suspense>
  );
}
