"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { ItemState } from "#components/registers/item-state.tsx";
import { stageNumber } from "#components/stages/stage-words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { RecallFacts } from "./runbook-data.ts";

/** Tenants that were onboarded with an older text of a stage, and the items that were raised about it. */
export function RecallPage({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.runbooks.recall.queryOptions({ slug }));
  return (
    <div className="grid gap-6">
      <PageHeader
        title={`Recall of ${data.title}`}
        crumbs={[
          { label: "Runbooks", href: "/runbooks" },
          { label: data.title, href: `/runbooks/${slug}` },
        ]}
        meta="Whose newest green run of a stage was of another text than the newest version has."
      />
      {data.stages.length === 0 && (
        <EmptyState
          title="Nobody is affected"
          more={<Link href={`/runbooks/${slug}`}>Read the runbook</Link>}
        >
          When a corrected stage is published, the tenants that ran its older text stand here.
        </EmptyState>
      )}
      {data.stages.map((stage) => (
        <StageRecall key={stage.key} slug={slug} stage={stage} disabledReason={data.may.says} />
      ))}
    </div>
  );
}

type StageFacts = RecallFacts["stages"][number];
type StageRecallProps = { slug: string; stage: StageFacts; disabledReason: string | null };

function StageRecall({ slug, stage, disabledReason }: StageRecallProps) {
  const [isAsking, setAsking] = useState(false);
  const open = stage.affected.filter(({ item }) => item === null).length;
  return (
    <Section
      title={
        <>
          <span className="tnum">Stage {stageNumber(stage.key)}:</span> {stage.title}
        </>
      }
      beside={`${stage.affected.length} affected`}
      description={checkWords(stage)}
      actions={
        <Button
          disabledReason={disabledReason ?? (open === 0 ? "An item was raised for each of them." : null)}
          onClick={() => setAsking(true)}
        >
          {open === 0 ? "All raised" : `Raise ${open} ${open === 1 ? "item" : "items"}`}
        </Button>
      }
    >
      <Affected stage={stage} />
      {isAsking && <RaiseDialog slug={slug} stage={stage} open={open} close={() => setAsking(false)} />}
    </Section>
  );
}

function checkWords({ check, readingStage }: StageFacts): string {
  if (check !== null) return `Each item has the stage's CHECK on ${check} to be run.`;
  if (readingStage !== null)
    return `Each item asks for stage ${readingStage}, which only reads, to be run again.`;
  return "The runbook has no check of it: each item asks somebody to compare by hand.";
}

function Affected({ stage }: { stage: StageFacts }) {
  return (
    <Table label={`Tenants that ran an older text of stage ${stage.key}`}>
      <TableHead>
        <TableHeaderCell>Tenant</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Text that it ran</TableHeaderCell>
        <TableHeaderCell fit>Run</TableHeaderCell>
        <TableHeaderCell>Item</TableHeaderCell>
      </TableHead>
      <TableBody>
        {stage.affected.map(({ tenant, ran, item }) => (
          <TableRow key={tenant.id}>
            <TableCell>
              <Link href={`/tenants/${tenant.id}/stages/${stage.key}`}>{tenant.slug}</Link>{" "}
              <span className="text-small text-ink-3">on {tenant.cloud}</span>
            </TableCell>
            <TableCell hideBelow="md">
              <Mono head={15}>{ran.stageHash}</Mono>
            </TableCell>
            <TableCell fit className="text-ink-2">
              <Link href={`/jobs/${ran.jobId}`}>job {ran.number}</Link> <RelativeTime at={ran.finishedAt} />
            </TableCell>
            <TableCell>
              {item === null ? (
                <span className="text-ink-3">none yet</span>
              ) : (
                <span className="inline-flex items-center gap-2">
                  <Link href={`/registers/items/${item.id}`}>{item.code}</Link>
                  <ItemState state={item.state} />
                </span>
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

type RaiseDialogProps = { slug: string; stage: StageFacts; open: number; close: () => void };

function RaiseDialog({ slug, stage, open, close }: RaiseDialogProps) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const raise = useMutation(
    trpc.runbooks.recallTenants.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.runbooks.recall.pathFilter());
        close();
      },
    }),
  );
  return (
    <AskDialog
      title={`Raise ${open} ${open === 1 ? "item" : "items"} for stage ${stageNumber(stage.key)}`}
      description="One V item for each tenant that has none, all at once. Asking again raises no second one."
      confirm="Raise"
      reason={reason}
      onReason={setReason}
      isPending={raise.isPending}
      error={raise.error}
      close={close}
      onSubmit={() => raise.mutate({ slug, stageKey: stage.key, stageHash: stage.hash, reason })}
    />
  );
}
