"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Building2, Plus, Search } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { InputWithGlyph } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { FilterChip, Toolbar } from "#components/ui/toolbar.tsx";
import { type BoardShow, countShown, filterTenants, readTenants } from "./board-rows.ts";
import { boardSearchParams } from "./board-search-params.ts";
import { BoardTable } from "./board-table.tsx";
import { ChosenStage, stageIndex } from "./chosen-stage.tsx";
import { NewTenantDialog } from "./new-tenant-dialog.tsx";

const SHOWN: readonly { value: BoardShow; label: string }[] = [
  { value: "all", label: "All" },
  { value: "attention", label: "Needs somebody" },
  { value: "complete", label: "All stages passed" },
];

/** Every tenant of a cloud and where each of its stages stands. */
export function TenantsBoard() {
  const trpc = useTRPC();
  const [view, setView] = useQueryStates(boardSearchParams);
  const { data: board } = useQuery(
    trpc.tenants.board.queryOptions({ cloudId: view.cloud }, { placeholderData: keepPreviousData }),
  );
  const tenants = useMemo(() => readTenants(board?.tenants ?? [], board?.stages ?? []), [board]);
  const q = useDeferredValue(view.q);
  if (board === undefined) return <SkeletonLines lines={8} label="Reading the tenants" />;
  const stage = stageIndex(board.stages, view.stage);
  const shown = filterTenants(tenants, { q, show: view.show, stage });
  const { create } = board;
  const newTenant = (
    <Button
      variant="primary"
      icon={<Plus />}
      disabledReason={create.allowed ? null : create.says}
      onClick={() => void setView({ new: true })}
    >
      New tenant
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Tenants"
        meta={
          <span>
            Each is a domain of the cloud. A stage opens when the gate before it holds
            <span className="max-md:hidden">
              ; the mark in a column's head says what is proven about its text
            </span>
            .
          </span>
        }
        actions={newTenant}
      />
      {board.cloud === null ? (
        <EmptyState glyph={<Building2 />} title="No cloud is known yet">
          The runner announces the clouds of its configuration when it starts. Then tenants can be onboarded
          here.
        </EmptyState>
      ) : (
        <>
          <Toolbar
            label="Which tenants"
            end={
              board.clouds.length < 2 ? undefined : (
                <Select
                  aria-label="Cloud"
                  value={board.cloud.id}
                  onChange={({ target }) => void setView({ cloud: target.value })}
                  options={board.clouds.map(({ id, name }) => ({ value: id, label: `Cloud ${name}` }))}
                />
              )
            }
          >
            <InputWithGlyph
              type="search"
              aria-label="Search tenants by name"
              placeholder="Search by name"
              data-search-field=""
              glyph={<Search />}
              after={<Kbd keys="/" />}
              className="w-full sm:w-64"
              value={view.q}
              onChange={({ target }) => void setView({ q: target.value === "" ? null : target.value })}
            />
            {SHOWN.map(({ value, label }) => (
              <FilterChip
                key={value}
                label={label}
                count={countShown(tenants, value)}
                pressed={view.show === value}
                onPressedChange={() => void setView({ show: value === "all" ? null : value })}
              />
            ))}
            <ChosenStage stage={view.stage} onClear={() => void setView({ stage: null })} />
          </Toolbar>
          {tenants.length === 0 ? (
            <EmptyState
              glyph={<Building2 />}
              title="No tenants yet"
              action={newTenant}
              more={<Link href="/runbooks/tenant-onboarding">Read the runbook</Link>}
            >
              A client of the cloud gets its own domain, network and cluster in eight stages. Each change
              waits for a second person.
            </EmptyState>
          ) : shown.length === 0 ? (
            <EmptyState
              title="No tenant matches"
              action={
                <Button onClick={() => void setView({ q: null, show: null, stage: null })}>
                  Show all tenants
                </Button>
              }
            >
              None of the {tenants.length} tenants of this cloud is named like that and of that kind.
            </EmptyState>
          ) : (
            <BoardTable stages={board.stages} people={board.people} tenants={shown} />
          )}
          <NewTenantDialog
            open={view.new && create.allowed}
            onOpenChange={(open) => void setView({ new: open ? true : null })}
            clouds={board.clouds}
            cloudId={board.cloud.id}
          />
        </>
      )}
    </>
  );
}
