"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { LogFilter } from "#components/ui/log-filter.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { DECISION_EFFECTS } from "#server/domain/decision/states.ts";
import { AccessTabs } from "./access-tabs.tsx";
import { DecisionTable } from "./decision-table.tsx";
import { decisionsHref, type DecisionFilter } from "./decision-params.ts";
import { TryOut } from "./try-out.tsx";

const EFFECTS = [{ value: "", label: "Any" }, ...DECISION_EFFECTS.map((value) => ({ value, label: value }))];

function Filters({ filter }: { filter: DecisionFilter }) {
  return (
    <LogFilter
      href="/access/decisions"
      filter={filter}
      columns="lg:grid-cols-[repeat(5,minmax(0,1fr))_auto]"
      isNarrowed={Object.values(filter).some((value) => value !== null)}
    >
      <Field label="Actor or subject" optional>
        {({ required: _required, ...control }) => (
          <Input {...control} name="subject" maxLength={200} defaultValue={filter.subject ?? ""} />
        )}
      </Field>
      <Field label="Effect" optional>
        {({ required: _required, ...control }) => (
          <Select {...control} name="effect" options={EFFECTS} defaultValue={filter.effect ?? ""} />
        )}
      </Field>
      <Field label="Reason" optional>
        {({ required: _required, ...control }) => (
          <Input
            {...control}
            name="reason"
            placeholder="ttl_out_of_bounds"
            maxLength={200}
            defaultValue={filter.reason ?? ""}
          />
        )}
      </Field>
    </LogFilter>
  );
}

/** What was decided about access, newest first. */
export function DecisionLog({ filter }: { filter: DecisionFilter }) {
  const trpc = useTRPC();
  const { decisions, next, may } = useSuspenseQuery(trpc.access.decisions.queryOptions(filter)).data;
  return (
    <div className="grid grid-cols-1 gap-7">
      <div>
        <PageHeader
          title="Decisions"
          meta="Every answer about access, with what it was given on. Nothing of it can be changed."
        />
        <AccessTabs current="decisions" />
        <Filters filter={filter} />
        {decisions.length === 0 ? (
          <EmptyState title="No decisions here">
            A decision comes in when a certificate is asked for, or when a program asks the decision service.
          </EmptyState>
        ) : (
          <DecisionTable rows={decisions} label="Decisions" />
        )}
        {next !== null && (
          <p className="pt-3">
            <ButtonLink href={decisionsHref({ ...filter, before: next })}>Older</ButtonLink>
          </p>
        )}
      </div>
      <TryOut cannot={may.ask.allowed ? null : may.ask.says} />
    </div>
  );
}
