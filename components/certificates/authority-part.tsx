"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { CertificatePage } from "./certificate-data.ts";

const SSHD_CONFIG = `TrustedUserCAKeys /etc/ssh/countersign_ca.pub
RevokedKeys /etc/ssh/countersign_krl
AuthorizedPrincipalsFile /etc/ssh/principals/%u`;

function Rotate({ after, close }: { after: number; close: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [reason, setReason] = useState("");
  const ask = useMutation(
    trpc.certificates.proposeRotation.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  return (
    <AskDialog
      title="Another certificate authority"
      description="The runner makes a new key and signs with it. Every host has to trust it as well. A second person has to agree."
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content: { after }, reason })}
    />
  );
}

/** The keys that hosts trust, and what to write into their sshd. */
export function AuthorityPart({ page }: { page: CertificatePage }) {
  const [isRotating, setIsRotating] = useState(false);
  const current = page.authorities.find(({ madeAt, retiredAt }) => madeAt !== null && retiredAt === null);
  return (
    <Section
      title="Certificate authority"
      description="Hosts need its public half, and the revocation list anew after each revocation."
      actions={
        current?.kind === "local" && (
          <Button
            size="sm"
            disabledReason={page.may.rotate.allowed ? null : page.may.rotate.says}
            onClick={() => setIsRotating(true)}
          >
            Rotate
          </Button>
        )
      }
    >
      <div className="grid gap-4">
        <ul aria-label="Authorities" className="grid gap-2">
          {page.authorities.map(({ id, number, fingerprint, madeAt, retiredAt }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <StateMark
                state={madeAt === null ? "running" : retiredAt === null ? "passed" : "expired"}
                label={
                  madeAt === null ? "The runner makes it" : retiredAt === null ? "Signs" : "Signs no more"
                }
                size="sm"
              />
              <span>number {number}</span>
              {fingerprint !== null && <Mono copy>{fingerprint}</Mono>}
              {madeAt !== null && (
                <span className="text-small text-ink-2">
                  made <RelativeTime at={madeAt} />
                </span>
              )}
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap gap-2">
          <DownloadLink href="/api/ssh/ca">Public keys</DownloadLink>
          <DownloadLink href="/api/ssh/krl">{`Revocation list, version ${page.krlVersion}`}</DownloadLink>
        </div>
        <CodeBlock title="sshd_config of a host" copyText={SSHD_CONFIG}>
          {SSHD_CONFIG}
        </CodeBlock>
        <p className="max-w-160 text-ink-2">
          The file of an account, such as <code>/etc/ssh/principals/ops</code>, lists the principals that may
          sign in as it, one a line. sshd refuses everybody when RevokedKeys names a file that is not there.
        </p>
      </div>
      {isRotating && current !== undefined && (
        <Rotate after={current.number} close={() => setIsRotating(false)} />
      )}
    </Section>
  );
}
