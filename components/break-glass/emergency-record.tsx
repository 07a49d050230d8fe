"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { ReasonDialog } from "#components/jobs/reason-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Person } from "#components/ui/avatar.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { REVIEWS_NEEDED } from "#server/domain/break-glass/limits.ts";

/** On the job for good: who let it go without its approval, why, and what those found who looked at it since. */
export function EmergencyRecord({ job }: { job: JobFacts }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const review = useMutation(
    trpc.emergencies.review.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id })),
          queryClient.invalidateQueries(trpc.inbox.pathFilter()),
        ]),
    }),
  );
  const { emergency } = job;
  if (emergency === null) return null;
  const { person, reason, at, reviewBy, reviews } = emergency;
  return (
    <Notice
      kind="danger"
      title={`Break-glass: ${person.name} let this go without its approval`}
      action={
        job.may.review.allowed ? (
          <ReasonDialog
            label="Record what I found"
            variant="primary"
            title="You have looked at this emergency?"
            description="Say whether it was right to go without an approval, and what follows from it. It stays on record."
            disabledReason={null}
            withReason
            isPending={review.isPending}
            error={review.error}
            onConfirm={(note, close) => review.mutate({ jobId: job.id, note }, { onSuccess: close })}
          />
        ) : undefined
      }
    >
      <p className="whitespace-pre-wrap">
        <RelativeTime at={at} />: &quot;{reason}&quot;
      </p>
      {reviews.length < REVIEWS_NEEDED && (
        <p>
          {reviews.length} of {REVIEWS_NEEDED} others have looked at it; due <RelativeTime at={reviewBy} />.
        </p>
      )}
      {reviews.length > 0 && (
        <ul className="grid gap-1">
          {reviews.map((one) => (
            <li key={one.person.id}>
              <Person name={one.person.name} /> looked at it <RelativeTime at={one.at} />: {one.note}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
