"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { JobMark } from "#components/jobs/job-mark.tsx";
import { stageNumber } from "#components/stages/stage-words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { LinkTabs } from "#components/ui/tabs.tsx";
import type { RunFacts } from "./runbook-data.ts";
import { runsHref } from "./runs-params.ts";

type RunsPageProps = { slug: string; stageKey: string | null; before: number | null };

/** The run log of a runbook: every run with who, when, for whom, in which version and how it ended. */
export function RunsPage({ slug, stageKey, before }: RunsPageProps) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.runbooks.runs.queryOptions({ slug, stageKey, before }));
  const { runs, stages, mayReadOutput } = data;
  const tabs = [
    { value: "", label: "All stages" },
    ...stages.map(({ key }) => ({ value: key, label: `Stage ${stageNumber(key)}` })),
  ];
  return (
    <>
      <PageHeader
        title={`Run log of ${data.title}`}
        crumbs={[
          { label: "Runbooks", href: "/runbooks" },
          { label: data.title, href: `/runbooks/${slug}` },
        ]}
        meta="Every run stands here for everybody; what it printed is private."
      />
      {!mayReadOutput.allowed && (
        <Notice kind="info" title="What the runs printed is private" className="mb-4">
          {mayReadOutput.says}
        </Notice>
      )}
      <LinkTabs
        label="Which stage"
        current={stageKey ?? ""}
        tabs={tabs}
        hrefOf={(value) => runsHref(slug, { stageKey: value === "" ? null : value, before: null })}
      />
      <div className="pt-4">
        {runs.length === 0 ? (
          <EmptyState
            title={before === null ? "No runs here" : "No older runs"}
            more={<Link href="/tenants">Open the tenants</Link>}
          >
            A stage that is run for a tenant stands here from its start, whatever comes of it.
          </EmptyState>
        ) : (
          <Runs runs={runs} slug={slug} mayReadOutput={mayReadOutput.allowed} />
        )}
      </div>
      <nav aria-label="Pages" className="flex justify-end gap-2 pt-4">
        {before !== null && <ButtonLink href={runsHref(slug, { stageKey, before: null })}>Newest</ButtonLink>}
        {data.nextBefore !== null && (
          <ButtonLink href={runsHref(slug, { stageKey, before: data.nextBefore })}>Older</ButtonLink>
        )}
      </nav>
    </>
  );
}

type RunsProps = { runs: readonly RunFacts[]; slug: string; mayReadOutput: boolean };

function Runs({ runs, slug, mayReadOutput }: RunsProps) {
  return (
    <Table label="Runs">
      <TableHead>
        <TableHeaderCell fit>Job</TableHeaderCell>
        <TableHeaderCell>Stage</TableHeaderCell>
        <TableHeaderCell>Outcome</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Tenant</TableHeaderCell>
        <TableHeaderCell hideBelow="lg">People</TableHeaderCell>
        <TableHeaderCell hideBelow="md" fit>
          Version
        </TableHeaderCell>
        <TableHeaderCell fit align="right">
          Started
        </TableHeaderCell>
        <TableHeaderCell hideBelow="md" fit>
          More
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {runs.map((run) => (
          <TableRow key={run.id}>
            <TableCell fit>
              <Link href={`/jobs/${run.id}`} className="tnum" aria-label={`Job ${run.number}`}>
                {run.number}
              </Link>
            </TableCell>
            <TableCell className="max-md:whitespace-normal!">
              <span className="tnum text-ink-3">{stageNumber(run.stageKey)}</span> {run.stageTitle}
            </TableCell>
            <TableCell>
              <JobMark state={run.state} size="sm" />
              {run.pastedBy.length > 0 && (
                <span className="block text-small text-ink-2">pasted by {run.pastedBy.join(", ")}</span>
              )}
            </TableCell>
            <TableCell hideBelow="md">
              <Link href={`/tenants/${run.tenant.id}`}>{run.tenant.slug}</Link>{" "}
              <span className="text-small text-ink-3">on {run.cloud}</span>
            </TableCell>
            <TableCell hideBelow="lg">
              {run.requestedBy}
              {run.approvedBy.length > 0 && `, approved by ${run.approvedBy.join(", ")}`}
            </TableCell>
            <TableCell hideBelow="md" fit>
              <Link href={`/runbooks/${slug}?version=${run.versionId}`} data-hint={run.contentHash}>
                {run.version === null ? run.contentHash.slice(0, 15) : `Version ${run.version}`}
              </Link>
            </TableCell>
            <TableCell fit align="right" className="text-ink-2">
              {run.startedAt !== null && <RelativeTime at={run.startedAt} focusable={false} />}
            </TableCell>
            <TableCell hideBelow="md" fit>
              <span className="flex items-center gap-3">
                <Link
                  href={`/jobs/${run.id}?tab=identities`}
                  aria-label={`Clean-room report of job ${run.number}`}
                >
                  clean room
                </Link>
                {mayReadOutput && <DownloadLink href={`/api/jobs/${run.id}/output`}>Output</DownloadLink>}
              </span>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
