import { BookCheck } from "lucide-react";
import { MarkerMark } from "#components/stages/stage-marks.tsx";
import { gradeWords, markerWords } from "#components/stages/stage-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { RunbookStage } from "#server/domain/runbook/runbook.ts";
import type { Margin } from "./margins.ts";
import type { ReadThrough } from "./use-read-through.ts";

/** Tenants that a margin names; the others are counted. */
const NAMED = 5;

type StageMarginProps = { margins: readonly Margin[]; stage: RunbookStage; readThrough: ReadThrough };

/** Beside a stage: what is proven of it on each cloud and for whom, and the way to say that it was read. */
export function StageMargin({ margins, stage, readThrough }: StageMarginProps) {
  const parts = stage.parts.flatMap((part) =>
    part.kind === "prose" ? [] : [part.kind === "block" ? `block ${part.block.id}` : `gate ${part.gate.id}`],
  );
  return (
    <div className="grid content-start gap-2 text-small lg:col-start-2 lg:row-span-2 lg:row-start-1 lg:border-l lg:border-line lg:pl-4">
      <dl className="grid gap-2">
        {margins.map(({ cloud, marker, tenants }) => (
          <div key={cloud} className="grid gap-1">
            <dt className="text-ink-3">On cloud {cloud}</dt>
            <dd>
              <MarkerMark marker={marker} withPeople />
            </dd>
            <dd>
              <ForTenants tenants={tenants} stageKey={stage.key} />
            </dd>
          </div>
        ))}
        <div>
          <dt className="text-ink-3">Stage hash</dt>
          <dd>
            <Mono head={15}>{stage.hash}</Mono>
          </dd>
        </div>
      </dl>
      <Button
        size="sm"
        icon={<BookCheck />}
        className="justify-self-start"
        pending={readThrough.isPending(stage.key, null)}
        disabledReason={readThrough.disabledReason(parts)}
        onClick={() => readThrough.read(stage.key, null)}
        aria-label={`I have read this: stage ${stage.key}`}
      >
        I have read this
      </Button>
    </div>
  );
}

function ForTenants({ tenants, stageKey }: { tenants: Margin["tenants"]; stageKey: string }) {
  const told = tenants.filter(({ proof }) => proof.grade === "reproduced_here" || proof.kind === "refuted");
  if (told.length === 0) return null;
  return (
    <ul className="grid gap-0.5 text-ink-2">
      {told.slice(0, NAMED).map(({ id, slug, proof }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-1.5">
          <StateMark
            state={markerWords(proof).state}
            label={gradeWords(proof)?.words ?? markerWords(proof).label}
            iconOnly
            size="sm"
          />
          <Link href={`/tenants/${id}/stages/${stageKey}`}>{slug}</Link>
          {proof.at !== null && <RelativeTime at={proof.at} />}
        </li>
      ))}
      {told.length > NAMED && <li>and {told.length - NAMED} more tenants</li>}
    </ul>
  );
}

type PartMarginProps = {
  margins: readonly Margin[];
  stageKey: string;
  /** `block <id>` or `gate <id>`. */
  name: string;
  readThrough: ReadThrough;
};

/** Below a block or gate: what is proven of exactly it. */
export function PartMargin({ margins, stageKey, name, readThrough }: PartMarginProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 text-small">
      {margins.map(({ cloud, parts }) => (
        <span key={cloud} className="inline-flex flex-wrap items-center gap-x-2">
          {margins.length > 1 && <span className="text-ink-3">On {cloud}</span>}
          <MarkerMark marker={parts.get(name) ?? null} />
        </span>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="ml-auto"
        pending={readThrough.isPending(stageKey, name)}
        disabledReason={readThrough.disabledReason([name])}
        onClick={() => readThrough.read(stageKey, name)}
        aria-label={`Read ${name}`}
      >
        Read
      </Button>
    </div>
  );
}
