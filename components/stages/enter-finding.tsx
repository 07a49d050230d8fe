"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Flag } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { May } from "#server/services/may.ts";
import { stageNumber } from "./stage-words.ts";

type Stage = { tenantId: string; stageKey: string };

/** Enters what somebody saw that the stage does not say: an item, which refutes the stage while it is open. */
export function EnterFinding({ stage, slug, may }: { stage: Stage; slug: string; may: May }) {
  const [isOpen, setOpen] = useState(false);
  const [entered, setEntered] = useState<{ itemId: string; code: string } | null>(null);
  return (
    <>
      <Button
        icon={<Flag />}
        disabledReason={may.allowed ? null : may.says}
        onClick={() => setOpen(true)}
        className="justify-self-start"
      >
        Enter a finding
      </Button>
      {entered !== null && (
        <Notice title="The finding is entered" live>
          <Link href={`/registers/items/${entered.itemId}`}>{entered.code}</Link> refutes this stage while it
          is open.
        </Notice>
      )}
      {isOpen && (
        <FindingDialog
          stage={stage}
          slug={slug}
          close={() => setOpen(false)}
          onEntered={(made) => {
            setOpen(false);
            setEntered(made);
          }}
        />
      )}
    </>
  );
}

const NOTHING = { refs: "", fix: "", accept: [], check: null, ruleOnResult: "", trigger: "" };

function FindingDialog({
  stage,
  slug,
  close,
  onEntered,
}: {
  stage: Stage;
  slug: string;
  close: () => void;
  onEntered: (made: { itemId: string; code: string }) => void;
}) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const formId = useId();
  const [title, setTitle] = useState("");
  const [body, setBody] = useState("");
  const [tenants, setTenants] = useState<"this" | "all">("this");
  const enter = useMutation(
    trpc.items.create.mutationOptions({
      onSuccess: async (made) => {
        await Promise.all([
          client.invalidateQueries({ queryKey: trpc.items.pathKey() }),
          client.invalidateQueries({ queryKey: trpc.tenants.pathKey() }),
        ]);
        onEntered(made);
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    if (enter.isPending) return;
    const item = { kind: "H" as const, title, body, ...NOTHING };
    enter.mutate({ documentId: null, ownerId: null, dueOn: null, item, about: { ...stage, tenants } });
  }
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`A finding about stage ${stageNumber(stage.stageKey)}`}
        description="It becomes an immediate item. While it is open, nothing counts as proven of this stage."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              type="submit"
              form={formId}
              variant="primary"
              pending={enter.isPending}
              disabledReason={title.trim() === "" ? "Say what you saw." : null}
            >
              Enter it
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
          <Field label="What you saw" hint="In one line." error={errorOfField(enter.error, "item.title")}>
            {(control) => (
              <Input {...control} value={title} onChange={({ target }) => setTitle(target.value)} />
            )}
          </Field>
          <Field label="More about it" optional error={errorOfField(enter.error, "item.body")}>
            {(control) => (
              <Textarea
                {...control}
                className="min-h-18"
                value={body}
                onChange={({ target }) => setBody(target.value)}
              />
            )}
          </Field>
          <Field label="Holds for">
            {(control) => (
              <Select
                {...control}
                value={tenants}
                options={[
                  { value: "this", label: `${slug} alone` },
                  { value: "all", label: "every tenant of this cloud" },
                ]}
                onChange={({ target }) => setTenants(target.value === "all" ? "all" : "this")}
              />
            )}
          </Field>
          <RefusalNotice error={enter.error} />
        </form>
      </DialogContent>
    </Dialog>
  );
}
