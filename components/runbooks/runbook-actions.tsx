"use client";

import { useMutation } from "@tanstack/react-query";
import { History, PencilLine, ScrollText, Undo2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTRPC } from "#components/trpc/api.ts";
import { sayError } from "#components/trpc/refusal.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";

/** What can be done with a runbook: its versions, and a draft of it. */
export function RunbookActions({ slug, disabledReason }: { slug: string; disabledReason: string | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(
    trpc.runbooks.createDraft.mutationOptions({
      onSuccess: ({ draftId }) => router.push(`/runbooks/drafts/${draftId}`),
    }),
  );
  return (
    <>
      {create.error !== null && (
        <p role="alert" className="text-bad">
          {sayError(create.error)}
        </p>
      )}
      <DownloadLink href={`/api/runbooks/${slug}/table`}>With validation table</DownloadLink>
      <ButtonLink href={`/runbooks/${slug}/runs`} icon={<ScrollText />}>
        Run log
      </ButtonLink>
      <ButtonLink href={`/runbooks/${slug}/recall`} icon={<Undo2 />}>
        Recall
      </ButtonLink>
      <ButtonLink href={`/runbooks/${slug}/versions`} icon={<History />}>
        Versions
      </ButtonLink>
      <Button
        icon={<PencilLine />}
        pending={create.isPending || create.isSuccess}
        disabledReason={disabledReason}
        onClick={() => create.mutate({ slug })}
      >
        Edit
      </Button>
    </>
  );
}
