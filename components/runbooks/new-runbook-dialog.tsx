"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

/** Begins a draft: of a runbook that is published, or of a new one. */
export function NewRunbookDialog({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [slug, setSlug] = useState("");
  const create = useMutation(
    trpc.runbooks.createDraft.mutationOptions({
      onSuccess: ({ draftId }) => router.push(`/runbooks/drafts/${draftId}`),
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ slug });
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && close()}>
      <DialogContent
        title="New runbook"
        description="A draft begins with the smallest runbook there is: one stage that only looks."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              variant="primary"
              type="submit"
              form="new-runbook"
              pending={create.isPending || create.isSuccess}
            >
              Begin the draft
            </Button>
          </>
        }
      >
        <form id="new-runbook" onSubmit={submit} className="grid gap-4">
          <Field
            label="Short name"
            hint="Lower-case letters, digits and hyphens. It is the runbook's address for good."
          >
            {(control) => (
              <Input
                {...control}
                mono
                value={slug}
                pattern="[a-z][a-z0-9\-]{0,59}"
                onChange={(event) => setSlug(event.currentTarget.value)}
              />
            )}
          </Field>
          <RefusalNotice error={create.error} />
        </form>
      </DialogContent>
    </Dialog>
  );
}
