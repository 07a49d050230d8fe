"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "next/navigation";
import type { ReactNode } from "react";
import { HandoverBox } from "#components/handover/handover-box.tsx";
import { RemovalSummary } from "#components/removal/what-is-left.tsx";
import { StageRail } from "#components/stages/stage-rail.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { SplitPane } from "#components/ui/split-pane.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { AsRun, SealedSecrets } from "./as-run.tsx";
import { Findings } from "./findings.tsx";
import { TenantInputList, TenantPeople } from "./tenant-facts.tsx";

/** The frame of a tenant's pages: the stages on the left, what is known of the tenant on the right. */
export function TenantFrame({ tenantId, children }: { tenantId: string; children: ReactNode }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.tenants.get.queryOptions({ tenantId }));
  const { stageKey } = useParams<{ stageKey?: string }>();
  const { tenant, cloud, stages, offboarding, beside } = data;
  const currentKey = stageKey === undefined ? null : decodeURIComponent(stageKey);
  const passed = stages.filter(({ progress }) => progress?.isPassed === true).length;
  const isDone = passed === stages.length;
  return (
    <>
      <PageHeader
        title={tenant.slug}
        crumbs={[{ label: "Tenants", href: "/tenants" }]}
        beside={
          <StateMark
            state={isDone ? "passed" : "open"}
            label={
              tenant.handedOverAt === null
                ? `${passed} of ${stages.length} stages passed`
                : "Passed and handed over"
            }
          />
        }
        meta={
          <>
            <span>
              Cloud <span className="font-medium text-ink">{cloud.name}</span>
            </span>
            {tenant.inputs && (
              <span>
                Network <Mono>{tenant.inputs.cidr}</Mono>
              </span>
            )}
            <span>
              Started <RelativeTime at={tenant.createdAt} />
            </span>
          </>
        }
        actions={<DownloadLink href={`/api/evidence/tenant/${tenantId}`}>Evidence bundle</DownloadLink>}
      />
      <SplitPane
        left={{
          label: "Stages",
          content: (
            <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
              <StageRail tenantId={tenantId} stages={stages} currentKey={currentKey} />
              {beside.map(({ slug, title, stages: own }) => (
                <Section key={slug} title={title}>
                  <StageRail tenantId={tenantId} stages={own} currentKey={currentKey} label={title} />
                </Section>
              ))}
              {offboarding !== null && (
                <Section title="Removal">
                  <StageRail
                    tenantId={tenantId}
                    stages={offboarding.stages}
                    currentKey={currentKey}
                    label="Removal"
                  />
                </Section>
              )}
            </div>
          ),
        }}
        right={{
          label: "About this tenant",
          content: (
            <div className="grid gap-6 md:max-xl:grid-cols-2">
              <HandoverBox tenantId={tenantId} slug={tenant.slug} facts={data} />
              <RemovalSummary removal={data.removal} tenantId={tenantId} />
              <Findings findings={data.findings} />
              <AsRun
                values={data.values}
                stages={[...stages, ...(offboarding?.stages ?? []), ...beside.flatMap((one) => one.stages)]}
              />
              <SealedSecrets secrets={data.secrets} />
              {tenant.inputs && <TenantInputList inputs={tenant.inputs} runbook={data.runbook} />}
              <TenantPeople people={data.people} />
            </div>
          ),
        }}
      >
        {children}
      </SplitPane>
    </>
  );
}
