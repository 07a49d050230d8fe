"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Compared } from "./access-data.ts";

function Difference({ compared }: { compared: Compared }) {
  if (compared.kind === "refused") {
    return (
      <Notice
        kind="danger"
        title={`${compared.faults.length} rows are refused, so nothing of the file is.`}
        live
      >
        <ul className="grid gap-1">
          {compared.faults.map(({ path, reason, says }) => (
            <li key={`${path} ${reason}`}>
              <code className="text-small">{path === "" ? "the file" : path}</code>: {says}
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  if (compared.isSame) return <Notice kind="ok" title="The file is the registry as it is." live />;
  return (
    <Notice
      title={`${compared.counts.actors} actors, ${compared.changes.length} of them other than now.`}
      live
    >
      <ul className="grid gap-1">
        {compared.changes.slice(0, 100).map(({ name, change, fields }) => (
          <li key={name}>
            {change} <code className="text-small">{name}</code>
            {change === "changed" &&
              `: ${fields.map(({ field, before, after }) => `${field} ${before || "none"} to ${after || "none"}`).join("; ")}`}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Takes a snapshot or an inventory over: what it would change is shown first. The registry in force can be taken away. */
export function RegistryFile({ base, cannot }: { base: number; cannot: string | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const compared = useQuery(
    trpc.access.compare.queryOptions({ text: asked ?? "" }, { enabled: asked !== null }),
  );
  const exported = useQuery(trpc.access.exportRegistry.queryOptions({}, { enabled: false }));
  const take = useMutation(
    trpc.access.proposeRegistry.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const found = asked === text ? compared.data : undefined;
  const save = async () => {
    const { data } = await exported.refetch();
    if (data === undefined) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([data.text], { type: "application/json" }));
    link.download = `registry-${data.version}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Section
      title="As a file"
      description="Paste a registry snapshot (JSON) or an inventory (YAML with actors:) to see how it differs from what is in force."
      actions={
        <Button size="sm" pending={exported.isFetching} onClick={() => void save()}>
          Export the snapshot
        </Button>
      }
    >
      <Field label="Snapshot or inventory" optional>
        {({ required: _required, ...control }) => (
          <Textarea
            {...control}
            rows={5}
            spellCheck={false}
            className="font-mono"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <div>
        <Button
          disabledReason={text.trim() === "" ? "Paste a file first." : null}
          pending={compared.isFetching}
          onClick={() => setAsked(text)}
        >
          Compare
        </Button>
      </div>
      <RefusalNotice error={compared.error} />
      {found !== undefined && <Difference compared={found} />}
      {found?.kind === "read" && !found.isSame && (
        <div className="grid max-w-xl gap-3">
          <ReasonField value={reason} onChange={setReason} hint="What the second person reads first." />
          <RefusalNotice error={take.error} />
          <div>
            <Button
              variant="primary"
              disabledReason={cannot}
              pending={take.isPending || take.isSuccess}
              onClick={() =>
                take.mutate({ content: { base, change: { kind: "import", text: found.snapshot } }, reason })
              }
            >
              Ask to take it over
            </Button>
          </div>
        </div>
      )}
    </Section>
  );
}
