"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { markOf } from "./check-data.ts";
import { CheckPanel } from "./check-panel.tsx";

/** The page of one check. */
export function CheckPage({ itemId }: { itemId: string }) {
  const trpc = useTRPC();
  const { item, standing } = useSuspenseQuery(trpc.checks.get.queryOptions({ itemId })).data;
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Checks", href: "/registers/checks" }]}
        title={`${item.code}: ${item.title}`}
        beside={
          <>
            <StateMark {...markOf({ state: item.state, standing })} />
            <EffectBadge effect="read" />
          </>
        }
      />
      <CheckPanel itemId={itemId} />
    </>
  );
}
