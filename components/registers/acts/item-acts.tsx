"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { Acts, Freed } from "./acts-data.ts";
import { ChangePanel } from "./change-panel.tsx";
import { CheckPanel } from "./check-panel.tsx";
import { FreedNotice } from "./freed-notice.tsx";
import { GatesPanel } from "./gates-panel.tsx";
import { LinksPanel } from "./links-panel.tsx";
import { MovePanel } from "./move-panel.tsx";
import { PointsPanel } from "./points-panel.tsx";
import { RiskPanel } from "./risk-panel.tsx";
import { RulingPanel } from "./ruling-panel.tsx";
import { RulingsGiven } from "./rulings-given.tsx";

/** All that can be done to an item, with what each act needs; below its words, in the drawer and on its page. */
export function ItemActs({ itemId }: { itemId: string }) {
  const trpc = useTRPC();
  const { data: acts, error } = useQuery(trpc.itemActs.get.queryOptions({ itemId }));
  const [freed, setFreed] = useState<Freed>();
  if (acts === undefined) {
    return error === null ? (
      <SkeletonLines lines={4} label="Reading what can be done" />
    ) : (
      <RefusalNotice error={error} />
    );
  }
  return (
    <div className="grid gap-6">
      <FreedNotice freed={freed} />
      <Standing acts={acts} />
      <RulingPanel acts={acts} onFreed={setFreed} />
      <RulingsGiven rulings={acts.rulings} />
      <CheckPanel acts={acts} onFreed={setFreed} />
      <RiskPanel acts={acts} onFreed={setFreed} />
      <PointsPanel acts={acts} />
      <ChangePanel acts={acts} />
      <MovePanel acts={acts} onFreed={setFreed} />
      <GatesPanel acts={acts} />
      <LinksPanel acts={acts} />
    </div>
  );
}

/** Why it is here now, and what keeps it from closing. */
function Standing({ acts }: { acts: Acts }) {
  const { firedBecause, trigger, blockers, code } = acts;
  return (
    <>
      {firedBecause !== null && (
        <Notice kind="warning" title="It came back.">
          {firedBecause}
        </Notice>
      )}
      {firedBecause === null && trigger !== null && <Notice title={`Comes back ${trigger}.`} />}
      {blockers.length > 0 && (
        <Notice kind="warning" title={`${code} waits and cannot close.`}>
          Waits for{" "}
          {blockers.map((one, at) => (
            <span key={one.code}>
              {at > 0 && ", "}
              {one.itemId === null ? (
                <span className="font-mono text-small">{one.code}</span>
              ) : (
                <Link href={`/registers/items/${one.itemId}`}>{one.code}</Link>
              )}
            </span>
          ))}
          .
        </Notice>
      )}
    </>
  );
}
