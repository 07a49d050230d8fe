"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ReasonDialog } from "#components/jobs/reason-dialog.tsx";
import { useSession } from "#components/session/use-session.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { Section } from "#components/ui/section.tsx";

/** The switch that stops every change: one person sets it, two lift it. */
export function FreezeSection() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { frozen, may } = useSession();
  const set = useMutation(
    trpc.freeze.set.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.inbox.pathFilter()),
    }),
  );
  const lift = useMutation(
    trpc.freeze.proposeLift.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  return (
    <Section
      title="Freeze"
      description={
        frozen === null
          ? "Changes may start. One person can stop all of them at once; reads go on."
          : `All changes are frozen by ${frozen.setBy}. Lifting it takes two people.`
      }
    >
      <div>
        {frozen === null ? (
          <ReasonDialog
            label="Freeze all changes"
            title="Freeze all changes?"
            description="No change starts on any cloud until two people have lifted it. What runs at this moment goes on; what is queued is refused."
            disabledReason={may.freeze.allowed ? null : may.freeze.says}
            withReason
            isPending={set.isPending}
            error={set.error}
            onConfirm={(reason, close) => set.mutate({ reason }, { onSuccess: close })}
          />
        ) : (
          <ReasonDialog
            label="Ask to lift it"
            variant="primary"
            title="Ask to let changes run again?"
            description="Another person has to agree."
            disabledReason={may.freeze.allowed ? null : may.freeze.says}
            withReason
            isPending={lift.isPending}
            error={lift.error}
            onConfirm={(reason) => lift.mutate({ content: { freezeId: frozen.id }, reason })}
          />
        )}
      </div>
    </Section>
  );
}
