"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import NextLink from "next/link";
import { Siren } from "lucide-react";
import { useRef } from "react";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import {
  RowLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeaderCell,
  TableRow,
} from "#components/ui/table.tsx";
import { formatUtc } from "#components/ui/time-format.ts";
import { StageMark } from "#components/stages/stage-marks.tsx";
import {
  gradeWords,
  markerPeople,
  markerWords,
  stageNumber,
  stageWords,
} from "#components/stages/stage-words.ts";
import type { Marker } from "#server/domain/marker/compute.ts";
import { NO_PROOF, type Proof } from "#server/domain/marker/schema.ts";
import type { BoardCell } from "#server/domain/board/schema.ts";
import { type BoardTenant, currentStage } from "./board-rows.ts";

export type BoardStage = { key: string; title: string; marker: Marker | null };

const ROW_PX = 36;
/** Before the browser has measured: enough rows for a tall window, so that the first paint is complete. */
const FIRST_RECT = { width: 1200, height: 900 };

function MarkerHead({ stage }: { stage: BoardStage }) {
  const words = markerWords(stage.marker);
  const run = stage.marker?.run ?? null;
  const grade = gradeWords(stage.marker);
  const label =
    run === null
      ? `${words.label}: ${words.means}`
      : `${words.label} ${formatUtc(run.finishedAt.getTime())}, ${grade?.words ?? ""}, ${markerPeople(stage.marker) ?? ""}`;
  const mark = <StateMark state={words.state} label={label} iconOnly size="sm" />;
  return run === null ? (
    mark
  ) : (
    <NextLink href={`/jobs/${run.jobId}`} className="rounded-sm">
      {mark}
    </NextLink>
  );
}

/** Somebody let the job of this stage go without its approval. */
function EmergencyMark() {
  return (
    <span data-hint="Went without its approval: break-glass" className="text-bad [&_svg]:size-3.5">
      <Siren aria-hidden />
      <span className="sr-only">, break-glass</span>
    </span>
  );
}

/** What is proven for this tenant. It is said to everybody, and shown where it is not what the cell leads to expect. */
function ProofMark({ proof, isPassed }: { proof: Proof; isPassed: boolean }) {
  const words = markerWords(proof);
  const grade = gradeWords(proof);
  const since = proof.at === null ? "" : ` ${formatUtc(proof.at.getTime())}`;
  const says = `${words.label}${grade === null ? "" : `, ${grade.words}`}${since}`;
  const isExpected = proof.grade === "reproduced_here" || (!isPassed && proof.kind !== "refuted");
  return isExpected ? (
    <span className="sr-only">, marker: {says}</span>
  ) : (
    <span data-hint={says} className="inline-flex">
      <StateMark state={words.state} label={`marker: ${says}`} iconOnly size="sm" />
    </span>
  );
}

type CellProps = {
  tenantId: string;
  stageKey: string;
  cell: BoardCell;
  proof: Proof;
  people: readonly string[];
};

function Cell({ tenantId, stageKey, cell, proof, people }: CellProps) {
  if (cell === null) {
    return (
      <span className="inline-flex w-4 justify-center align-middle">
        <StageMark state="locked" iconOnly size="sm" />
      </span>
    );
  }
  const { state, jobId, at, by, isEmergency } = cell;
  const person = by === null ? undefined : people[by];
  return (
    <NextLink
      href={jobId === null ? `/tenants/${tenantId}/stages/${stageKey}` : `/jobs/${jobId}`}
      prefetch={false}
      className="relative z-10 inline-flex items-center gap-1.5 rounded-sm align-middle hover:underline"
    >
      <StageMark state={state} iconOnly />
      {at === null ? (
        <span className="text-small text-ink-2">{stageWords(state).label}</span>
      ) : (
        <RelativeTime at={at} focusable={false} short className="text-small text-ink-2" />
      )}
      <ProofMark proof={proof} isPassed={state === "passed"} />
      {isEmergency && <EmergencyMark />}
      {person !== undefined && (
        <span className="ml-auto" data-hint={`Asked for by ${person}`}>
          <Avatar name={person} size="sm" />
          <span className="sr-only">, asked for by {person}</span>
        </span>
      )}
    </NextLink>
  );
}

/** What the narrow screen shows instead of the columns. */
function Summary({ tenant, stages }: { tenant: BoardTenant; stages: readonly BoardStage[] }) {
  const at = currentStage(tenant.cells);
  const stage = stages[at];
  if (stage === undefined) return null;
  const cell = tenant.cells[at] ?? null;
  const passed = tenant.cells.filter((one) => one?.state === "passed").length;
  return (
    <span className="mt-0.5 grid gap-0.5 text-small text-ink-2 md:hidden">
      <span>
        <span className="tnum">
          {passed} of {stages.length}
        </span>{" "}
        passed, stage {stageNumber(stage.key)}: {stage.title}
      </span>
      <span className="flex items-center gap-2">
        <StageMark state={cell?.state ?? "locked"} size="sm" />
        {cell !== null && cell.at !== null && <RelativeTime at={cell.at} focusable={false} />}
      </span>
    </span>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  return height <= 0 ? null : (
    <tr aria-hidden="true">
      <td colSpan={span} style={{ height, padding: 0 }} />
    </tr>
  );
}

type BoardTableProps = {
  stages: readonly BoardStage[];
  tenants: readonly BoardTenant[];
  /** Whom the cells name by place. */
  people: readonly string[];
};

/** Tenants down, stages across; only the rows in view exist. On a narrow screen each tenant is two lines. */
export function BoardTable({ stages, tenants, people }: BoardTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: tenants.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => tenants[index]?.id ?? index,
    estimateSize: () => ROW_PX,
    initialRect: FIRST_RECT,
    overscan: 10,
  });
  const items = virtualizer.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  const span = stages.length + 1;

  return (
    <Table label="Tenants" scrollRef={scroller} maxHeight="max(20rem, calc(100dvh - 13.5rem))">
      <TableHead>
        <TableHeaderCell className="left-0 z-30! md:border-r">Tenant</TableHeaderCell>
        {stages.map((stage) => (
          <TableHeaderCell key={stage.key} hideBelow="md" className="max-w-32 min-w-24 py-1.5! align-top">
            <span className="flex items-start justify-between gap-1">
              <span className="tnum font-medium text-ink">{stageNumber(stage.key)}</span>
              <MarkerHead stage={stage} />
            </span>
            <span className="line-clamp-2 whitespace-normal" data-hint={stage.title}>
              {stage.title}
            </span>
          </TableHeaderCell>
        ))}
      </TableHead>
      <TableBody>
        <Spacer height={above} span={span} />
        {items.map(({ index, key }) => {
          const tenant = tenants[index];
          return tenant === undefined ? null : (
            <TableRow key={key} ref={virtualizer.measureElement} data-index={index}>
              <TableCell className="bg-surface group-hover/row:bg-hover md:sticky md:left-0 md:z-10 md:border-r">
                <RowLink href={`/tenants/${tenant.id}`} prefetch={false}>
                  {tenant.slug}
                </RowLink>
                {tenant.cells.some((cell) => cell?.isEmergency === true) && (
                  <Badge tone="bad" className="ml-2 md:hidden">
                    break-glass
                  </Badge>
                )}
                {tenant.handedOverAt !== null && (
                  <span className="ml-2 text-small whitespace-nowrap text-ink-3">handed over</span>
                )}
                <Summary tenant={tenant} stages={stages} />
              </TableCell>
              {stages.map((stage, at) => (
                <TableCell key={stage.key} hideBelow="md">
                  <Cell
                    tenantId={tenant.id}
                    stageKey={stage.key}
                    cell={tenant.cells[at] ?? null}
                    proof={tenant.proofs[at] ?? NO_PROOF}
                    people={people}
                  />
                </TableCell>
              ))}
            </TableRow>
          );
        })}
        <Spacer height={below} span={span} />
      </TableBody>
    </Table>
  );
}
