"use client";

import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AccessTabs } from "#components/access/access-tabs.tsx";
import { Waiting } from "#components/access/waiting.tsx";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { BackendPageData, EngineTrial } from "./certificate-data.ts";
import { EngineForm } from "./engine-form.tsx";
import { EngineTrials } from "./engine-trials.tsx";

/** `trial`: the engine that shall sign; null: the installation's own key. */
function Ask({ after, trial, close }: { after: number; trial: EngineTrial | null; close: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [reason, setReason] = useState("");
  const ask = useMutation(
    trpc.certificates.proposeBackend.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const content =
    trial === null
      ? { kind: "local" as const, after }
      : { kind: "engine" as const, after, engine: trial.engine };
  return (
    <AskDialog
      title={trial === null ? "Let a key of this installation sign" : `Let ${trial.engine.addr} sign`}
      description={
        trial === null
          ? "The runner makes a new key. Every host has to trust it as well. A second person has to agree."
          : "Every host has to trust the engine's key as well. While it does not answer, nothing is signed. A second person has to agree."
      }
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content, reason })}
    />
  );
}

function Now({ page }: { page: BackendPageData }) {
  const { engine, token } = page;
  return (
    <KeyValueList
      rows={[
        {
          key: "Signs",
          value: engine === null ? "a key that the runner keeps sealed" : <Mono>{engine.addr}</Mono>,
        },
        ...(engine === null
          ? []
          : [
              { key: "Mount", value: <Mono>{engine.mount}</Mono> },
              {
                key: "Roles",
                value: page.caps
                  .map(({ type, hours }) => `${engine.roles[type]} for ${type}, at most ${hours} h`)
                  .join("; "),
              },
            ]),
        {
          key: "Authority",
          value: page.fingerprint === null ? "none yet" : <Mono copy>{page.fingerprint}</Mono>,
        },
        {
          key: "Token",
          value:
            token === null ? (
              "none: set COUNTERSIGN_SSH_ENGINE_URL and COUNTERSIGN_SSH_ENGINE_TOKEN, and start the console again"
            ) : (
              <>
                <Mono>{token.name}</Mono> for {token.addr}, sealed <RelativeTime at={token.at} />
              </>
            ),
        },
      ]}
    />
  );
}

/** Which backend signs certificates, and how another one is tried out and put in its place. */
export function BackendPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.certificates.backend.queryOptions({}));
  const [asking, setAsking] = useState<{ trial: EngineTrial | null } | null>(null);
  const cannot = data.may.propose.allowed ? null : data.may.propose.says;
  return (
    <div className="grid grid-cols-1 gap-7">
      <div>
        <PageHeader
          title="Certificate backend"
          meta="Signs SSH user certificates: a key of this installation, or the SSH engine of an OpenBao or Vault."
          actions={
            data.kind === "engine" && (
              <Button disabledReason={cannot} onClick={() => setAsking({ trial: null })}>
                Let a key of this installation sign
              </Button>
            )
          }
        />
        <AccessTabs current="backend" />
        <Now page={data} />
      </div>
      <Waiting waiting={data.waiting} />
      <EngineForm page={data} />
      <EngineTrials trials={data.trials} cannot={cannot} onAsk={(trial) => setAsking({ trial })} />
      {asking !== null && <Ask after={data.after} trial={asking.trial} close={() => setAsking(null)} />}
    </div>
  );
}
