"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ListVideo } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import {
  RowLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeaderCell,
  TableRow,
} from "#components/ui/table.tsx";
import { LinkTabs } from "#components/ui/tabs.tsx";
import { JobMark } from "./job-mark.tsx";
import type { JobRow } from "./job-data.ts";
import { listHref, listParsers } from "./list-params.ts";

const FILTERS = [
  { value: "all", label: "All" },
  { value: "open", label: "Open" },
  { value: "finished", label: "Finished" },
] as const;

const EMPTY = {
  all: "A job is one run of one stage for one tenant. Preview a stage and ask for it, or run it when it only reads.",
  open: "No job waits for a person, waits in the queue or runs at this moment.",
  finished: "No job has ended yet.",
} as const;

function Took({ job }: { job: JobRow }) {
  if (job.startedAt === null) return null;
  return job.finishedAt === null ? (
    <Duration since={job.startedAt} />
  ) : (
    <Duration ms={job.finishedAt.getTime() - job.startedAt.getTime()} />
  );
}

function Rows({ jobs }: { jobs: readonly JobRow[] }) {
  return (
    <Table label="Jobs">
      <TableHead>
        <TableHeaderCell align="right" fit>
          No.
        </TableHeaderCell>
        <TableHeaderCell>Stage</TableHeaderCell>
        <TableHeaderCell>Tenant</TableHeaderCell>
        <TableHeaderCell>State</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Effect</TableHeaderCell>
        <TableHeaderCell hideBelow="lg">Asked by</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Asked</TableHeaderCell>
        <TableHeaderCell align="right" hideBelow="lg">
          Ran for
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {jobs.map((job) => (
          <TableRow key={job.id}>
            <TableCell align="right" fit className="text-ink-3">
              {job.number}
            </TableCell>
            <TableCell>
              <RowLink href={`/jobs/${job.id}`} className="max-md:whitespace-normal!">
                <span className="font-normal text-ink-3">{job.stageKey}</span> {job.stageTitle}
              </RowLink>
            </TableCell>
            <TableCell>{job.tenantSlug}</TableCell>
            <TableCell>
              <JobMark state={job.state} size="sm" />
              {job.isEmergency && (
                <Badge tone="bad" className="ml-2">
                  break-glass
                </Badge>
              )}
              {job.state === "outcome_unknown" && job.resolvedAt !== null && (
                <span className="ml-2 text-small text-ink-3">settled</span>
              )}
            </TableCell>
            <TableCell hideBelow="md">
              <EffectBadge effect={job.effect} />
            </TableCell>
            <TableCell hideBelow="lg">{job.requestedBy}</TableCell>
            <TableCell hideBelow="md" className="text-ink-2">
              <RelativeTime at={job.requestedAt} focusable={false} />
            </TableCell>
            <TableCell align="right" hideBelow="lg" className="text-ink-2">
              <Took job={job} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** Every job, newest first; the filter and the page are in the address. */
export function JobList() {
  const trpc = useTRPC();
  const [{ filter, before }] = useQueryStates(listParsers);
  const { data } = useSuspenseQuery(trpc.jobs.list.queryOptions({ filter, tenantId: null, before }));
  return (
    <>
      <PageHeader title="Jobs" />
      <LinkTabs
        label="Which jobs"
        current={filter}
        tabs={FILTERS}
        hrefOf={(value) => listHref({ filter: value, before: null })}
      />
      <div className="pt-4">
        {data.jobs.length === 0 ? (
          <EmptyState
            glyph={<ListVideo />}
            title={before === null ? "No jobs here" : "No older jobs"}
            more={<Link href="/tenants">Open the tenants</Link>}
          >
            {EMPTY[filter]}
          </EmptyState>
        ) : (
          <Rows jobs={data.jobs} />
        )}
      </div>
      <nav aria-label="Pages" className="flex justify-end gap-2 pt-4">
        {before !== null && <ButtonLink href={listHref({ filter, before: null })}>Newest</ButtonLink>}
        {data.nextBefore !== null && (
          <ButtonLink href={listHref({ filter, before: data.nextBefore })}>Older</ButtonLink>
        )}
      </nav>
    </>
  );
}
