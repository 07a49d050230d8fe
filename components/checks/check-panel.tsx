"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Attestations } from "./attestations.tsx";
import { BlockView } from "./block-view.tsx";
import { FreshnessBar } from "./freshness-bar.tsx";
import { RunPart } from "./run-part.tsx";
import { SettingsPart } from "./settings-part.tsx";

/** Everything of one check: its block, who attests it, its runs, how it is judged. For its page and an item's drawer. */
export function CheckPanel({ itemId }: { itemId: string }) {
  const trpc = useTRPC();
  const { data: check } = useSuspenseQuery(trpc.checks.get.queryOptions({ itemId }));
  const { obstacle, standing, block } = check;
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <FreshnessBar standing={standing} />
        {standing.staleBecause !== null && <p className="text-wait">{standing.staleBecause} Run it again.</p>}
      </div>
      {obstacle !== null && <Notice kind="warning" title={obstacle} />}
      <BlockView check={check} />
      {block !== null && (
        <>
          <Attestations check={check} />
          <RunPart check={check} />
          <SettingsPart key={check.settingsNumber} check={check} />
        </>
      )}
    </div>
  );
}
