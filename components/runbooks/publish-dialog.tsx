"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import type { DraftFacts } from "./runbook-data.ts";

/** Publishes what only reads, or asks a second person to agree to what changes something. */
export function PublishDialog({ draft, close }: { draft: DraftFacts; close: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const isReading = draft.effect === "read";
  const publish = useMutation(
    trpc.runbooks.publishReading.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.runbooks.pathFilter());
        router.push(`/runbooks/${draft.slug}`);
      },
    }),
  );
  const propose = useMutation(
    trpc.runbooks.proposePublish.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const act = isReading ? publish : propose;
  const content = { draftId: draft.id, revision: draft.revision, contentHash: draft.contentHash ?? "" };
  return (
    <AskDialog
      title={isReading ? `Publish ${draft.slug}` : `Ask for ${draft.slug} to be published`}
      description={
        isReading
          ? "It only reads, so nobody else has to agree. The version never changes."
          : "A second person agrees to exactly this text. Whoever wrote a stage approves none of its jobs."
      }
      confirm={isReading ? "Publish" : "Ask for it"}
      reason={reason}
      onReason={setReason}
      isPending={act.isPending || act.isSuccess}
      error={act.error}
      close={close}
      onSubmit={() => act.mutate({ content, reason })}
    />
  );
}
