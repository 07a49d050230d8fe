"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { ActorDialog } from "./actor-dialog.tsx";
import { DecisionTable } from "./decision-table.tsx";

/** One actor: what it may have, and what was decided about it. */
export function ActorPage({ name }: { name: string }) {
  const trpc = useTRPC();
  const { actor, version, resource, decisions, may } = useSuspenseQuery(
    trpc.access.actor.queryOptions({ name }),
  ).data;
  const [open, setOpen] = useState<"change" | "retire" | null>(null);
  const cannot = may.propose.allowed ? null : may.propose.says;
  return (
    <div className="grid grid-cols-1 gap-7">
      <div>
        <PageHeader
          title={actor.name}
          crumbs={[{ label: "Actors", href: "/access/actors" }]}
          beside={
            <StateMark
              state={actor.isRetired ? "cancelled" : "open"}
              label={actor.isRetired ? "Retired" : "Open"}
            />
          }
          meta={actor.description === "" ? `By version ${version} of the registry` : actor.description}
          actions={
            <>
              <Button disabledReason={cannot} onClick={() => setOpen("change")}>
                {actor.isRetired ? "Bring back or change" : "Change"}
              </Button>
              {!actor.isRetired && (
                <Button disabledReason={cannot} onClick={() => setOpen("retire")}>
                  Retire
                </Button>
              )}
            </>
          }
        />
        <KeyValueList
          rows={[
            { key: "Type", value: <Badge mono>{actor.type}</Badge> },
            { key: "Principals", value: <Mono>{actor.principals.join(", ")}</Mono> },
            { key: "Longest", value: `${actor.maxTtlHours} hours; its type may have ${actor.cap}` },
            { key: "May ask as it", value: <Mono>{actor.allowedSubjects.join(", ")}</Mono> },
            { key: "Asked about as", value: <Mono>{resource}</Mono> },
          ]}
        />
      </div>
      <Section title="Newest decisions" beside={decisions.length}>
        {decisions.length === 0 ? (
          <EmptyState title="Nothing was decided about it yet" size="line">
            Every answer about its certificates stands here from the moment before it is given.
          </EmptyState>
        ) : (
          <DecisionTable rows={decisions} label="Newest decisions" />
        )}
      </Section>
      {open !== null && (
        <ActorDialog
          actor={actor}
          isRetiring={open === "retire"}
          base={version}
          close={() => setOpen(null)}
        />
      )}
    </div>
  );
}
