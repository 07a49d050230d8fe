"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { JobFacts } from "./job-data.ts";

/** For whoever asked: a standing approval that covers exactly this plan, in place of waiting for a second person. */
export function StandingOffer({ job }: { job: JobFacts }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id }));
  const take = useMutation(trpc.standing.use.mutationOptions({ onSettled }));
  const compare = useMutation(trpc.jobs.recheck.mutationOptions({ onSettled }));
  if (job.standingOffers.length === 0 || !job.may.useStanding.allowed) return null;
  const { recheck } = job;
  const isCompared = recheck?.isFresh === true && recheck.drift.length === 0;
  const isComparing = compare.isPending || recheck?.state === "requested";
  return (
    <div className="grid gap-2">
      {job.standingOffers.map(({ id, number, name, left, maxUses, until }) => (
        <Notice
          key={id}
          title={`Standing approval ${number} covers this: ${name}`}
          action={
            isCompared ? (
              <Button
                size="sm"
                variant="primary"
                pending={take.isPending}
                onClick={() => take.mutate({ jobId: job.id, digest: job.digest, standingId: id })}
              >
                Go on under it
              </Button>
            ) : (
              <Button size="sm" pending={isComparing} onClick={() => compare.mutate({ jobId: job.id })}>
                Compare with the cloud
              </Button>
            )
          }
        >
          Two people agreed that this may run without a fresh approval. {left} of {maxUses} uses are left. It
          holds until <RelativeTime at={until} />.
        </Notice>
      ))}
      <RefusalNotice error={take.error ?? compare.error} />
    </div>
  );
}
