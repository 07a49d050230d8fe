"use client";

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import { TabPanel, Tabs } from "#components/ui/tabs.tsx";
import { CasesView } from "./cases-view.tsx";
import { DiffView } from "./diff-view.tsx";
import { HistoryView } from "./history-view.tsx";
import { LiveView } from "./live-view.tsx";
import { MatrixView } from "./matrix-view.tsx";
import type { Analysis, PolicyFacts, Writing } from "./policy-data.ts";
import { PolicyEditor } from "./policy-editor.tsx";
import { POLICY_TABS, policyHref, type PolicyParams } from "./policy-params.ts";
import { RolesView } from "./roles-view.tsx";
import { SetView } from "./set-view.tsx";
import { useAnalysis } from "./use-analysis.ts";

/** The identity policy of a cloud: what is written, what is wrong with it, what it changes, and what the cloud says. */
export function PolicyPage({ params }: { params: PolicyParams }) {
  const trpc = useTRPC();
  const { cloudId, number } = params;
  const { data: policy } = useSuspenseQuery(trpc.policy.get.queryOptions({ cloudId, number }));
  const { source, live, release, set } = policy;
  const [writing, setWriting] = useState<Writing>({ source, live, release, set });
  const { data: analysis, error } = useAnalysis(writing);
  if (policy.cloud === null) {
    return (
      <Notice title="No cloud is known yet.">The runner names its clouds when it starts. Reload then.</Notice>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-6">
      <div className="min-w-0">
        <Header policy={policy} analysis={analysis} />
        <Standing policy={policy} params={params} />
        <PolicyEditor
          policy={policy}
          writing={writing}
          setWriting={setWriting}
          findings={analysis?.findings ?? []}
        />
        <RefusalNotice error={error} />
      </div>
      <Parts
        {...{ policy, params, writing, setWriting }}
        cloudId={policy.cloud.id}
        analysis={analysis ?? null}
      />
    </div>
  );
}

function Header({ policy, analysis }: { policy: PolicyFacts; analysis: Analysis | undefined }) {
  const router = useRouter();
  const shown = policy.history.find(({ number }) => number === policy.number);
  return (
    <PageHeader
      title="Policy"
      meta={
        <>
          {shown === undefined ? (
            <span>Nobody has saved one for {policy.cloud?.name} yet</span>
          ) : (
            <span>
              Revision {shown.number}, saved <RelativeTime at={shown.at} /> by {shown.by}
            </span>
          )}
          {analysis !== undefined && (
            <span className="tnum">
              {analysis.diff.counts.override} rules over {analysis.diff.counts.live} in force
            </span>
          )}
        </>
      }
      actions={
        policy.clouds.length > 1 && (
          <Select
            aria-label="Cloud"
            value={policy.cloud?.id ?? ""}
            options={policy.clouds.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) =>
              router.push(policyHref({ cloudId: event.currentTarget.value, number: null }))
            }
          />
        )
      }
    />
  );
}

function Standing({ policy, params }: { policy: PolicyFacts; params: PolicyParams }) {
  if (policy.number !== policy.newest) {
    return (
      <Notice
        kind="warning"
        title={`This is revision ${policy.number} of ${policy.newest}.`}
        className="mb-4"
      >
        The newest is what is delivered.{" "}
        <Link href={policyHref({ ...params, number: null })}>See the newest</Link>, or save this text as the
        next.
      </Notice>
    );
  }
  if (policy.newest > 0) return null;
  return (
    <Notice title="An override changes who may do what in Keystone." className="mb-4">
      Paste it below or open a file. Under it lies the policy that is in force: paste that under Policy in
      force. A cloud that shows its policy files is read by the runbook{" "}
      <Link href="/runbooks/identity-policy-acceptance">Compare a cloud&apos;s identity policy</Link>.
    </Notice>
  );
}

interface PartsProps {
  policy: PolicyFacts;
  params: PolicyParams;
  analysis: Analysis | null;
  cloudId: string;
  writing: Writing;
  setWriting: (to: Writing) => void;
}

const tabParser = parseAsStringLiteral(POLICY_TABS).withDefault("matrix");

function Parts({ policy, params, analysis, cloudId, writing, setWriting }: PartsProps) {
  const trpc = useTRPC();
  const [tab, setTab] = useQueryState("show", tabParser);
  const { data: observed } = useQuery(trpc.policy.observed.queryOptions({ cloudId }));
  const failing = analysis?.cases.filter(({ holds }) => !holds).length ?? 0;
  const tabs = [
    { value: "matrix", label: "Who may do what", ...(analysis ? { count: analysis.changed } : {}) },
    { value: "cases", label: "Acceptance cases", ...(failing > 0 ? { count: failing } : {}) },
    { value: "diff", label: "Comparison" },
    { value: "live", label: "Policy in force" },
    { value: "set", label: "Personas and places" },
    { value: "roles", label: "Roles and accounts" },
    { value: "history", label: "History", count: policy.history.length },
  ];
  return (
    <Tabs
      label="Parts of the policy"
      tabs={tabs}
      value={tab}
      onValueChange={(value) => void setTab(POLICY_TABS.find((one) => one === value) ?? "matrix")}
    >
      <TabPanel value="matrix">{analysis !== null && <MatrixView analysis={analysis} />}</TabPanel>
      <TabPanel value="cases">
        {analysis !== null && <CasesView analysis={analysis} observed={observed ?? null} />}
      </TabPanel>
      <TabPanel value="diff">{analysis !== null && <DiffView diff={analysis.diff} />}</TabPanel>
      <TabPanel value="live">
        <LiveView writing={writing} setWriting={setWriting} observed={observed ?? null} policy={policy} />
      </TabPanel>
      <TabPanel value="set">
        <SetView policy={policy} writing={writing} setWriting={setWriting} />
      </TabPanel>
      <TabPanel value="roles">
        <RolesView catalogue={policy.catalogue} observed={observed ?? null} />
      </TabPanel>
      <TabPanel value="history">
        <HistoryView policy={policy} params={params} />
      </TabPanel>
    </Tabs>
  );
}
