"use client";

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { parseAsString, useQueryStates } from "nuqs";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Field } from "#components/ui/field.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { PartChanges } from "./part-changes.tsx";
import type { VersionFacts } from "./runbook-data.ts";

/** Every version of a runbook with its people, and what differs between two of them by block. */
export function VersionsPage({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const { data: versions } = useSuspenseQuery(trpc.runbooks.versions.queryOptions({ slug }));
  const newest = versions[0];
  return (
    <div className="grid grid-cols-1 gap-8">
      <div>
        <PageHeader
          title={`Versions of ${newest?.title ?? slug}`}
          crumbs={[
            { label: "Runbooks", href: "/runbooks" },
            { label: newest?.title ?? slug, href: `/runbooks/${slug}` },
          ]}
          meta="A version never changes. Tenants and jobs keep the one that they began with."
        />
        <VersionTable slug={slug} versions={versions} />
      </div>
      {versions.length > 1 && <Comparison slug={slug} versions={versions} />}
    </div>
  );
}

function VersionTable({ slug, versions }: { slug: string; versions: readonly VersionFacts[] }) {
  return (
    <Table label="Versions">
      <TableHead>
        <TableHeaderCell fit>Version</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Content hash</TableHeaderCell>
        <TableHeaderCell>People</TableHeaderCell>
        <TableHeaderCell fit align="right" hideBelow="md">
          Tenants
        </TableHeaderCell>
        <TableHeaderCell fit align="right" hideBelow="md">
          Jobs
        </TableHeaderCell>
        <TableHeaderCell fit align="right">
          Published
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {versions.map((version) => (
          <TableRow key={version.id}>
            <TableCell fit>
              <Link href={`/runbooks/${slug}?version=${version.id}`}>Version {version.number}</Link>
            </TableCell>
            <TableCell hideBelow="md">
              <Mono head={19}>{version.contentHash}</Mono>
            </TableCell>
            <TableCell>
              <People version={version} />
            </TableCell>
            <TableCell fit align="right" hideBelow="md">
              {version.tenants}
            </TableCell>
            <TableCell fit align="right" hideBelow="md">
              {version.jobs}
            </TableCell>
            <TableCell fit align="right" className="text-ink-2">
              <RelativeTime at={version.publishedAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function People({ version: { author, publisher, decider, proposalId } }: { version: VersionFacts }) {
  if (author === null) return <span className="text-ink-2">Shipped with the console</span>;
  return (
    <span>
      {author} wrote it,{" "}
      {publisher === author ? "and published it" : `${publisher ?? "somebody"} published it`}
      {proposalId !== null && (
        <>
          , <Link href={`/settings/proposals/${proposalId}`}>{decider ?? "somebody"} agreed</Link>
        </>
      )}
    </span>
  );
}

function Comparison({ slug, versions }: { slug: string; versions: readonly VersionFacts[] }) {
  const trpc = useTRPC();
  const [{ from, to }, choose] = useQueryStates({ from: parseAsString, to: parseAsString });
  const isKnown = (id: string | null) => versions.some((version) => version.id === id);
  const after = isKnown(to) && to !== null ? to : (versions[0]?.id ?? "");
  const before = isKnown(from) && from !== null ? from : (versions[1]?.id ?? "");
  const compared = useQuery(trpc.runbooks.compare.queryOptions({ slug, from: before, to: after }));
  const select = (label: string, value: string, onChange: (id: string) => void) => (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          className="field-control h-8 px-2"
        >
          {versions.map(({ id, number, title }) => (
            <option key={id} value={id}>{`Version ${number}: ${title}`}</option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <Section title="What differs" description="By block: a block is the same when its bytes are.">
      <div className="flex flex-wrap gap-4">
        {select("From", before, (id) => void choose({ from: id, to: after }))}
        {select("To", after, (id) => void choose({ from: before, to: id }))}
      </div>
      <RefusalNotice error={compared.error} />
      {compared.data && <PartChanges changes={compared.data.changes} />}
    </Section>
  );
}
