"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { HandIn } from "./hand-in.tsx";
import { HowToSign } from "./how-to-sign.tsx";
import { operationFile } from "./sign-lines.ts";

type Signing = NonNullable<JobFacts["signing"]>;
type Operation = Signing["operation"];

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <li className="grid min-w-0 gap-2">
      <h3 className="font-medium">
        <span className="tnum mr-1.5">{number}.</span>
        {title}
      </h3>
      {children}
    </li>
  );
}

function WhatToSign({ job, operation, file }: { job: JobFacts; operation: Operation; file: string }) {
  return (
    <>
      <p className="max-w-[70ch] text-ink-2">
        These bytes name the plan by its digest, this installation and a number that is used once. They may be
        signed until <RelativeTime at={operation.expiresAt} />. Look whether they say what you mean to allow.
      </p>
      <CodeBlock title={file} copyText={operation.message} maxHeight={260}>
        {JSON.stringify(JSON.parse(operation.message), null, 2)}
      </CodeBlock>
      <div>
        <ButtonLink
          href={`/api/jobs/${job.id}/operation`}
          prefetch={false}
          download={file}
          icon={<Download />}
        >
          Download {file}
        </ButtonLink>
      </div>
    </>
  );
}

/** Who could sign, when it cannot be this person or nobody at all. */
function WhoSigns({ signing, says }: { signing: Signing; says: string | null }) {
  if (!signing.hasSigners) {
    return (
      <Notice
        kind="warning"
        title="No key is enrolled that could sign this, so it never runs"
        action={
          <ButtonLink size="sm" href="/settings/signers">
            Signers
          </ButtonLink>
        }
      >
        Two people enrol a signer. The request waits until it expires.
      </Notice>
    );
  }
  const names = signing.couldSign.map(({ name }) => name).join(", ");
  const who = names === "" ? "Nobody with a valid key may sign this one." : `Who can sign: ${names}.`;
  return <Notice title={says ?? "Somebody else than who asked has to sign this"}>{who}</Notice>;
}

/** The last thing between an approved destruction and the cloud: a signature by a key that this console never sees. */
export function SignPanel({ job, signing }: { job: JobFacts; signing: Signing }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate, reset, isPending, error, variables } = useMutation(
    trpc.jobs.sign.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id })),
    }),
  );
  const stepUp = useStepUp({ error, again: () => variables !== undefined && mutate(variables) });
  const { operation } = signing;
  const { sign } = job.may;
  const file = operationFile({ number: job.number, attempt: operation.attempt });
  return (
    <div className="grid gap-5">
      {stepUp.dialog}
      <WhoSigns signing={signing} says={sign.allowed ? null : sign.says} />
      {operation.attempt > 1 && (
        <Notice kind="warning" title="The bytes to sign are new">
          A signature over the earlier ones was refused and is spent. Download and sign these.
        </Notice>
      )}
      <ol className="grid gap-6">
        <Step number={1} title="Read and download what is to be signed">
          <WhatToSign job={job} operation={operation} file={file} />
        </Step>
        <Step number={2} title="Sign it with your own key">
          <HowToSign namespace={signing.namespace} file={file} />
        </Step>
        <Step number={3} title="Hand in the signature">
          <HandIn
            disabledReason={sign.allowed ? null : sign.says}
            isPending={isPending}
            error={stepUp.error}
            onEdit={reset}
            onSubmit={(armored) => mutate({ jobId: job.id, armored, operation: null })}
          />
        </Step>
      </ol>
    </div>
  );
}

/** Whose key signed, and when. */
export function SignedRecord({ signed }: { signed: NonNullable<Signing["signed"]> }) {
  return (
    <p className="flex flex-wrap items-center gap-x-2">
      <span className="font-medium">{signed.name}</span>
      <span className="text-ink-2">
        signed exactly this plan <RelativeTime at={signed.at} /> with the key
      </span>
      <code className="text-small wrap-anywhere">{signed.fingerprint}</code>
    </p>
  );
}
