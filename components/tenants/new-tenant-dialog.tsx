"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { type ApiError, errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { createTenantSchema, DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import { INPUT_WORDS } from "./input-words.ts";

type CloudChoice = { id: string; name: string; tenantPool: string };

type NewTenantDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  clouds: readonly CloudChoice[];
  cloudId: string;
};

type Draft = Record<"slug" | "cidr" | CountName, string>;
type CountName = keyof typeof DEFAULT_TENANT_INPUTS;

const COUNTS: readonly CountName[] = ["instances", "cores", "ramMb", "nodeCount"];

const EMPTY: Draft = {
  slug: "",
  cidr: "",
  instances: String(DEFAULT_TENANT_INPUTS.instances),
  cores: String(DEFAULT_TENANT_INPUTS.cores),
  ramMb: String(DEFAULT_TENANT_INPUTS.ramMb),
  nodeCount: String(DEFAULT_TENANT_INPUTS.nodeCount),
};

const FIELDS = ["slug", "cloudId", "inputs.cidr", ...COUNTS.map((name) => `inputs.${name}`)];

/** Starts a tenant's onboarding. The form and the server read the same schema; what only the server knows comes back to its field. */
export function NewTenantDialog({ open, onOpenChange, clouds, cloudId }: NewTenantDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open && <NewTenantForm clouds={clouds} cloudId={cloudId} />}
    </Dialog>
  );
}

function useDraft(firstCloudId: string) {
  const trpc = useTRPC();
  const router = useRouter();
  const [draft, setDraft] = useState(EMPTY);
  const [cloudId, setCloudId] = useState(firstCloudId);
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const create = useMutation(
    trpc.tenants.create.mutationOptions({ onSuccess: ({ tenantId }) => router.push(`/tenants/${tenantId}`) }),
  );

  function submit(event: FormEvent) {
    event.preventDefault();
    if (create.isPending || create.isSuccess) return;
    const { slug, ...inputs } = draft;
    const parsed = createTenantSchema.safeParse({
      slug: slug.trim(),
      cloudId,
      inputs: { ...inputs, cidr: inputs.cidr.trim() },
    });
    // The first problem of each field: later ones often follow from it.
    const found = (parsed.error?.issues ?? []).toReversed();
    setProblems(new Map(found.map(({ path, message }) => [path.join("."), message])));
    create.reset();
    if (parsed.success) create.mutate(parsed.data);
  }

  return {
    draft,
    cloudId,
    setCloudId,
    set: (name: keyof Draft) => (value: string) => setDraft({ ...draft, [name]: value }),
    problemOf: (field: string) => problems.get(field) ?? errorOfField(create.error, field),
    // A refusal that belongs to no field stands above the buttons.
    general: create.error !== null && isOfNoField(create.error) ? create.error : null,
    pending: create.isPending || create.isSuccess,
    submit,
  };
}

function isOfNoField(error: ApiError): boolean {
  return !FIELDS.includes(error.data?.refusal?.field ?? "");
}

function NewTenantForm({ clouds, cloudId: firstCloudId }: Pick<NewTenantDialogProps, "clouds" | "cloudId">) {
  const formId = useId();
  const { draft, cloudId, setCloudId, set, problemOf, general, pending, submit } = useDraft(firstCloudId);
  const pool = clouds.find(({ id }) => id === cloudId)?.tenantPool;
  return (
    <DialogContent
      title="New tenant"
      description="Makes an entry here. Nothing happens on the cloud until you work through the stages."
      size="md"
      footer={
        <>
          <DialogClose asChild>
            <Button>Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            Create tenant
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={INPUT_WORDS.slug.label} hint={INPUT_WORDS.slug.hint} error={problemOf("slug")}>
            {(control) => (
              <Input
                {...control}
                name="slug"
                mono
                autoCapitalize="none"
                spellCheck={false}
                placeholder="acme"
                value={draft.slug}
                onChange={({ target }) => set("slug")(target.value)}
              />
            )}
          </Field>
          <Field label="Cloud" hint="Where its domain will be made." error={problemOf("cloudId")}>
            {(control) => (
              <Select
                {...control}
                name="cloudId"
                value={cloudId}
                onChange={({ target }) => setCloudId(target.value)}
                options={clouds.map(({ id, name }) => ({ value: id, label: name }))}
              />
            )}
          </Field>
        </div>
        <Field
          label={INPUT_WORDS.cidr.label}
          hint={
            pool === undefined
              ? INPUT_WORDS.cidr.hint
              : `A free network inside the tenant pool ${pool}, from /16 to /28.`
          }
          error={problemOf("inputs.cidr")}
        >
          {(control) => (
            <Input
              {...control}
              name="cidr"
              mono
              spellCheck={false}
              value={draft.cidr}
              onChange={({ target }) => set("cidr")(target.value)}
            />
          )}
        </Field>
        <fieldset className="grid gap-2">
          <legend className="pb-2 font-medium">The envelope</legend>
          <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
            {COUNTS.map((name) => (
              <Field
                key={name}
                label={INPUT_WORDS[name].label}
                hint={INPUT_WORDS[name].hint}
                error={problemOf(`inputs.${name}`)}
              >
                {(control) => (
                  <Input
                    {...control}
                    name={name}
                    inputMode="numeric"
                    value={draft[name]}
                    onChange={({ target }) => set(name)(target.value)}
                    className="tnum"
                  />
                )}
              </Field>
            ))}
          </div>
        </fieldset>
        <RefusalNotice error={general} />
      </form>
    </DialogContent>
  );
}
