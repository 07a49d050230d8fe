"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
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
import { actorHref, type ActorsPage } from "./access-data.ts";
import { AccessTabs } from "./access-tabs.tsx";
import { ActorDialog } from "./actor-dialog.tsx";
import { RegistryFile } from "./registry-file.tsx";
import { Waiting } from "./waiting.tsx";

function ActorTable({ actors }: { actors: ActorsPage["actors"] }) {
  return (
    <Table label="Actors">
      <TableHead>
        <TableHeaderCell>Actor</TableHeaderCell>
        <TableHeaderCell>Type</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Principals</TableHeaderCell>
        <TableHeaderCell align="right">Hours</TableHeaderCell>
        <TableHeaderCell hideBelow="lg">May ask as it</TableHeaderCell>
        <TableHeaderCell hideBelow="md">State</TableHeaderCell>
      </TableHead>
      <TableBody>
        {actors.map((actor) => (
          <TableRow key={actor.name}>
            <TableCell className="wrap-anywhere">
              <RowLink href={actorHref(actor.name)}>{actor.name}</RowLink>
            </TableCell>
            <TableCell>
              <Badge mono>{actor.type}</Badge>
            </TableCell>
            <TableCell hideBelow="md" className="font-mono text-small wrap-anywhere">
              {actor.principals.join(", ")}
            </TableCell>
            <TableCell align="right" className="whitespace-nowrap">
              {actor.maxTtlHours}
              <span className="text-ink-3"> of {actor.cap}</span>
            </TableCell>
            <TableCell hideBelow="lg" className="font-mono text-small">
              {actor.allowedSubjects.join(", ")}
            </TableCell>
            <TableCell hideBelow="md">
              <StateMark
                state={actor.isRetired ? "cancelled" : "open"}
                label={actor.isRetired ? "Retired" : "Open"}
                size="sm"
              />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** Everybody and everything that gets certificates, by the registry in force. */
export function ActorsBoard() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.access.actors.queryOptions({}));
  const [isAdding, setAdding] = useState(false);
  const cannot = data.may.propose.allowed ? null : data.may.propose.says;
  return (
    <div className="grid grid-cols-1 gap-7">
      <div>
        <PageHeader
          title="Actors"
          meta="Who gets SSH certificates, for which accounts and for how long. Two people change it."
          actions={
            <Button
              variant="primary"
              icon={<UserPlus />}
              disabledReason={cannot}
              onClick={() => setAdding(true)}
            >
              Add an actor
            </Button>
          }
        />
        <AccessTabs current="actors" />
        {data.actors.length === 0 ? (
          <EmptyState title="No actor is known">
            Nobody gets a certificate. Add an actor, or take over a snapshot or an inventory below.
          </EmptyState>
        ) : (
          <ActorTable actors={data.actors} />
        )}
      </div>
      <Waiting waiting={data.waiting} />
      <RegistryFile base={data.version} cannot={cannot} />
      <Section
        title="Versions"
        beside={data.version}
        description={`${data.counts.systems} system, ${data.counts.resource_manifests} manifest, ${data.counts.subjects} subjects, ${data.counts.groups} groups, ${data.counts.relationships} relationships, ${data.counts.tenants} tenant.`}
      >
        <ol className="grid gap-1.5">
          {data.versions.map((row) => (
            <li key={row.number} className="flex flex-wrap items-baseline gap-x-3">
              <span className="tnum w-8 text-ink-3">{row.number}</span>
              <span>{row.says}</span>
              <Mono>{row.digest.slice(0, 19)}</Mono>
              <span className="text-ink-3">
                <RelativeTime at={row.at} />
              </span>
            </li>
          ))}
        </ol>
      </Section>
      {isAdding && (
        <ActorDialog actor={null} isRetiring={false} base={data.version} close={() => setAdding(false)} />
      )}
    </div>
  );
}
