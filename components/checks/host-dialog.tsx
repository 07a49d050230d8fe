"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import type { HostPage, HostRow } from "./check-data.ts";
import { contentOf, draftOf, type HostDraft } from "./host-draft.ts";
import { CommonFields, SshFields } from "./host-fields.tsx";

type HostDialogProps = {
  row: HostRow | null;
  page: Pick<HostPage, "keys" | "actors">;
  isRetiring: boolean;
  close: () => void;
};

/** Asks for a host to be added, changed or retired; a second person decides it. */
export function HostDialog({ row, page, isRetiring, close }: HostDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const isLocal = row?.content.kind === "local";
  const [draft, setDraft] = useState(() => draftOf(row));
  const [reason, setReason] = useState("");
  const change = (part: Partial<HostDraft>) => setDraft({ ...draft, ...part });
  const ask = useMutation(
    trpc.hosts.propose.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const content = contentOf(draft, { isLocal, isRetired: isRetiring });
  return (
    <AskDialog
      title={row === null ? "Add a host" : `${isRetiring ? "Retire" : "Change"} ${row.name}`}
      description={
        isRetiring
          ? "No block runs there any more. A second person has to agree."
          : "A machine that attested checks run on. A second person has to agree."
      }
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content: { name: draft.name, base: row?.version ?? 0, content }, reason })}
    >
      {!isRetiring && !isLocal && (
        <SshFields draft={draft} onChange={change} page={page} isNew={row === null} />
      )}
      {!isRetiring && <CommonFields draft={draft} onChange={change} />}
    </AskDialog>
  );
}
