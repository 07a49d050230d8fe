"use client";

import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { AccessTabs } from "./access-tabs.tsx";
import { Waiting } from "./waiting.tsx";

function ProviderDialog({
  base,
  isExternal,
  close,
}: {
  base: number;
  isExternal: boolean;
  close: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const [origin, setOrigin] = useState("");
  const [jobs, setJobs] = useState(false);
  const [reason, setReason] = useState("");
  const ask = useMutation(
    trpc.access.proposeProvider.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const content = isExternal
    ? { kind: "external" as const, base, origin, jobs }
    : { kind: "built_in" as const, base };
  return (
    <AskDialog
      title={isExternal ? "Let another service decide" : "Let the console decide"}
      description={
        isExternal
          ? "It is tried out from here first: health, one allow, one deny. A second person has to agree."
          : "The console's own registry and policy decide again. A second person has to agree."
      }
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content, reason })}
    >
      {isExternal && (
        <Field
          label="Address"
          hint="Scheme, host and port. Nothing else is asked, and no redirect is followed."
          error={errorOfField(ask.error, "content.origin")}
        >
          {(control) => (
            <Input
              {...control}
              mono
              placeholder="https://decisions.example.org"
              value={origin}
              onChange={({ target }) => setOrigin(target.value)}
            />
          )}
        </Field>
      )}
      {isExternal && (
        <Checkbox
          label="Ask it before a job starts as well"
          hint="The console itself has to allow it besides. While the service does not answer, no job starts."
          checked={jobs}
          onChange={({ target }) => setJobs(target.checked)}
        />
      )}
    </AskDialog>
  );
}

/** Who decides, whether it is well, and what stands still when it is not. */
export function ServicePage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.access.health.queryOptions({}));
  const [isOpen, setOpen] = useState(false);
  const isExternal = data.kind === "external";
  return (
    <div className="grid grid-cols-1 gap-7">
      <div>
        <PageHeader
          title="Decision service"
          beside={
            <StateMark
              state={data.trouble === null ? "passed" : "failed"}
              label={data.trouble === null ? "Passed: it answers" : "Failed: it does not answer"}
            />
          }
          meta="Who decides about access, as seen from this console."
          actions={
            <Button
              disabledReason={data.may.propose.allowed ? null : data.may.propose.says}
              onClick={() => setOpen(true)}
            >
              {isExternal ? "Let the console decide" : "Let another service decide"}
            </Button>
          }
        />
        <AccessTabs current="service" />
        {data.trouble !== null && (
          <Notice kind="danger" title={data.trouble} className="mb-4">
            Nothing about access is allowed until it answers: no certificate is signed or renewed.
            Certificates that were given run until they expire.{" "}
            {data.asksJobs
              ? "No job starts either; those that run, approvals and everything else go on."
              : "Jobs, approvals and everything else go on."}
          </Notice>
        )}
        <KeyValueList
          rows={[
            { key: "Decides", value: isExternal ? <Mono>{data.origin ?? ""}</Mono> : "the console itself" },
            {
              key: "About",
              value: data.asksJobs ? "certificates, and each job before it starts" : "certificates",
            },
            { key: "Answered in", value: `${data.tookMs} ms` },
            ...(data.versions === null
              ? []
              : [
                  {
                    key: "Registry",
                    value: `version ${data.versions.registry}, ${data.versions.actors} actors`,
                  },
                  { key: "Digest", value: <Mono>{data.versions.digest}</Mono> },
                  {
                    key: "Policy",
                    value: <Mono>{`${data.versions.package} ${data.versions.version}`}</Mono>,
                  },
                ]),
            {
              key: "Last decision",
              value: data.last === null ? "none yet" : <RelativeTime at={data.last.at} />,
            },
          ]}
        />
      </div>
      <Waiting waiting={data.waiting} />
      <Section title="When it does not answer">
        <ul className="grid gap-1.5 text-ink-2">
          <li>Signing of SSH certificates stops: every request is denied with policy_unavailable.</li>
          <li>Certificates that were given go on until they expire.</li>
          <li>
            {data.asksJobs
              ? "No job starts: each is refused with policy_unavailable, and its approval is not spent. Those that run go on."
              : "Jobs and their approvals are decided by the console itself and go on."}
          </li>
          <li>Every denial stands among the decisions, with a local id.</li>
        </ul>
      </Section>
      {data.smokes !== null && (
        <JsonView title="What it answered when it was put in place" value={data.smokes} />
      )}
      {isOpen && <ProviderDialog base={data.number} isExternal={!isExternal} close={() => setOpen(false)} />}
    </div>
  );
}
