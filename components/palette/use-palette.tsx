"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Building2, ListVideo, LogOut, Plus } from "lucide-react";
import { useCallback, useMemo } from "react";
import type { PaletteItem, PaletteSearch } from "#components/shell/command-palette.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { matchesQuery } from "./match.ts";

const RECENT = 6;
/** A read of its own: were it the one of the jobs page, that page would wait for this one to come first. */
const NEWEST = { filter: "all", tenantId: null, before: 2 ** 31 - 1 } as const;
const FOUND_PER_GROUP = 20;

type Tenant = { id: string; slug: string };
type Job = { id: string; number: number; stageKey: string; stageTitle: string; tenantSlug: string };

function tenantItem(tenant: Tenant): PaletteItem {
  return {
    id: `tenant ${tenant.id}`,
    href: `/tenants/${tenant.id}`,
    label: tenant.slug,
    group: "Tenants",
    glyph: <Building2 aria-hidden="true" />,
  };
}

function jobItem(job: Job, group: string): PaletteItem {
  return {
    id: `job ${job.id}`,
    href: `/jobs/${job.id}`,
    label: `Job ${job.number}: ${job.stageTitle}`,
    group,
    hint: job.tenantSlug,
    keywords: [job.tenantSlug, String(job.number)],
    glyph: <ListVideo aria-hidden="true" />,
  };
}

function actions(given: { mayCreateTenant: boolean; signOut: () => void }): PaletteItem[] {
  const create: PaletteItem = {
    id: "create-tenant",
    label: "Onboard a tenant",
    group: "Do",
    href: "/tenants?new=true",
    glyph: <Plus aria-hidden="true" />,
  };
  const leave: PaletteItem = {
    id: "sign-out",
    label: "Sign out",
    group: "Do",
    onSelect: given.signOut,
    glyph: <LogOut aria-hidden="true" />,
  };
  return given.mayCreateTenant ? [create, leave] : [leave];
}

/** What the palette offers beside the sections: actions, recent jobs, and on typing every tenant and job. */
export function usePalette({ mayCreateTenant, signOut }: { mayCreateTenant: boolean; signOut: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const recent = useQuery(trpc.jobs.list.queryOptions(NEWEST)).data;

  const items = useMemo<PaletteItem[]>(
    () => [
      ...(recent?.jobs.slice(0, RECENT).map((job) => jobItem(job, "Recent jobs")) ?? []),
      ...actions({ mayCreateTenant, signOut }),
    ],
    [recent, mayCreateTenant, signOut],
  );

  const search = useCallback<PaletteSearch>(
    async (query) => {
      const [board, { jobs }] = await Promise.all([
        queryClient.fetchQuery(trpc.tenants.board.queryOptions({ cloudId: null })),
        queryClient.fetchQuery(trpc.jobs.list.queryOptions(NEWEST)),
      ]);
      const tenants = board.tenants.filter(({ slug }) => matchesQuery(slug, query));
      const found = jobs
        .slice(RECENT)
        .filter((job) => matchesQuery(`job ${job.number} ${job.stageTitle} ${job.tenantSlug}`, query));
      return [
        ...tenants.slice(0, FOUND_PER_GROUP).map(tenantItem),
        ...found.slice(0, FOUND_PER_GROUP).map((job) => jobItem(job, "Jobs")),
      ];
    },
    [queryClient, trpc],
  );
  return { items, search };
}
