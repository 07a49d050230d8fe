"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { listHeadings, withoutTitle } from "#components/prose/outline.ts";
import { Prose } from "#components/prose/prose.tsx";
import { BlockSteps, type Operations } from "#components/stages/block-steps.tsx";
import { GateAssertions } from "#components/stages/gate-assertions.tsx";
import { NOTHING_KNOWN } from "#components/stages/runbook-text.tsx";
import { stageNumber } from "#components/stages/stage-words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { VisibleText } from "#components/ui/visible-text.tsx";
import { SplitPane } from "#components/ui/split-pane.tsx";
import type { RunbookStage, StagePart } from "#server/domain/runbook/runbook.ts";
import { PartMargin, StageMargin } from "./stage-margin.tsx";
import { type Margin, marginsOf } from "./margins.ts";
import { InputsTable } from "./inputs-table.tsx";
import { RunbookActions } from "./runbook-actions.tsx";
import type { AuthorFacts } from "./runbook-data.ts";
import { type ReadThrough, useReadThrough } from "./use-read-through.ts";
import { TableOfContents } from "./table-of-contents.tsx";

function stageId(key: string): string {
  return `stage-${key.replace(".", "-")}`;
}

/** A runbook for reading: its words, its blocks as steps, and beside each stage what is proven of it on each cloud. */
export function RunbookReader(input: { slug: string; versionId?: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.runbooks.get.queryOptions(input));
  const { runbook, operations, publishedAt } = data;
  const introduction = withoutTitle(runbook.introduction);
  const entries = [
    ...listHeadings(introduction).map(({ id, text }) => ({ id, text })),
    { id: "inputs", text: "Inputs" },
    ...runbook.stages.map(({ key, title }) => ({ id: stageId(key), text: title, number: stageNumber(key) })),
  ];
  const readThrough = useReadThrough(data);
  return (
    <>
      <PageHeader
        title={runbook.title}
        crumbs={[{ label: "Runbooks", href: "/runbooks" }]}
        meta={
          <>
            <span>
              Published <RelativeTime at={publishedAt} />
            </span>
            <span>
              Content{" "}
              <Mono head={19} copy>
                {runbook.contentHash}
              </Mono>
            </span>
          </>
        }
        actions={<RunbookActions slug={runbook.slug} disabledReason={data.may.edit.says} />}
      />
      {!data.isNewest && (
        <Notice kind="warning" title="This is an older version" className="mb-5">
          <Link href={`/runbooks/${runbook.slug}`}>Read the newest one</Link>. Tenants that began with this
          one keep it.
        </Notice>
      )}
      {data.keptBack !== null && <KeptBack source={data.keptBack.source} />}
      <SplitPane left={{ label: "Contents of this runbook", content: <TableOfContents entries={entries} /> }}>
        <article className="grid gap-10">
          <RefusalNotice error={readThrough.error} />
          <Prose markdown={introduction} under="page" />
          <div id="inputs" className="scroll-mt-16">
            <Section title="Inputs" description="Entered when a tenant is made.">
              <InputsTable inputs={runbook.inputs} />
            </Section>
          </div>
          {runbook.stages.map((stage) => (
            <StageText
              key={stage.key}
              stage={stage}
              operations={operations}
              margins={marginsOf(data.markers, stage.key)}
              authors={data.authors}
              readThrough={readThrough}
            />
          ))}
        </article>
      </SplitPane>
    </>
  );
}

/** A newer console brought another text: people's own stays, and theirs to decide about. */
function KeptBack({ source }: { source: string }) {
  return (
    <Notice kind="info" title="This console is shipped with another text of this runbook" className="mb-5">
      <p>
        Your own version stays the newest one; nothing was published over it. To take something over, begin a
        draft.
      </p>
      <details className="pt-2">
        <summary className="cursor-pointer">The shipped text</summary>
        <div className="pt-2">
          <CodeBlock title="The shipped text" copyText={source} maxHeight={360}>
            <VisibleText>{source}</VisibleText>
          </CodeBlock>
        </div>
      </details>
    </Notice>
  );
}

type StageTextProps = {
  stage: RunbookStage;
  operations: Operations;
  margins: readonly Margin[];
  authors: AuthorFacts;
  readThrough: ReadThrough;
};

function StageText({ stage, operations, margins, authors, readThrough }: StageTextProps) {
  const id = stageId(stage.key);
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-6 gap-y-4 border-t border-line pt-5 lg:grid-cols-[minmax(0,1fr)_12rem]"
    >
      <h2 id={id} className="scroll-mt-16 text-lead font-medium lg:col-start-1">
        <span className="tnum">Stage {stageNumber(stage.key)}:</span> {stage.title}
      </h2>
      <StageMargin margins={margins} stage={stage} readThrough={readThrough} />
      <div className="grid min-w-0 gap-4 lg:col-start-1">
        {stage.parts.map((part, at) => (
          <Part key={at} part={part} operations={operations} authors={authors}>
            {(name) => (
              <PartMargin margins={margins} stageKey={stage.key} name={name} readThrough={readThrough} />
            )}
          </Part>
        ))}
      </div>
    </section>
  );
}

type PartProps = {
  part: StagePart;
  operations: Operations;
  authors: AuthorFacts;
  /** What stands in the margin of a block or gate of this name. */
  children: (name: string) => ReactNode;
};

function Part({ part, operations, authors, children }: PartProps) {
  switch (part.kind) {
    case "prose":
      return <Prose markdown={part.markdown} under="stage" />;
    case "block":
      return (
        <div className="grid gap-1">
          <BlockSteps
            block={part.block}
            operations={operations}
            known={NOTHING_KNOWN}
            beside={
              <>
                <WrittenBy author={authors[`block ${part.block.id}`]} />
                <Mono head={15}>{part.block.hash}</Mono>
              </>
            }
          />
          {children(`block ${part.block.id}`)}
        </div>
      );
    case "gate":
      return (
        <div className="grid gap-1">
          <GateAssertions gate={part.gate} known={NOTHING_KNOWN} />
          {children(`gate ${part.gate.id}`)}
        </div>
      );
  }
}

/** Who changed a block last, and when that was published; nothing for what is shipped. */
function WrittenBy({ author }: { author: AuthorFacts[string] | undefined }) {
  const last = author?.by.at(-1);
  if (author === undefined || last === undefined) return null;
  const others = author.by.slice(0, -1);
  return (
    <span className="mr-3">
      Changed by {last}
      {others.length > 0 && `, with ${others.join(", ")}`}, <RelativeTime at={author.at} />
    </span>
  );
}
