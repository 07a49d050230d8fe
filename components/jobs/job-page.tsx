"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback } from "react";
import { EmergencyPanel } from "#components/break-glass/emergency-panel.tsx";
import { EmergencyRecord } from "#components/break-glass/emergency-record.tsx";
import { HandPanel } from "#components/hand/hand-panel.tsx";
import { SaidList } from "#components/hand/said-list.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TabPanel, Tabs } from "#components/ui/tabs.tsx";
import { ApprovalsTab } from "./approvals-tab.tsx";
import { CleanRoomTab } from "./clean-room-tab.tsx";
import { EvidenceTab } from "./evidence-tab.tsx";
import { JobActions } from "./job-actions.tsx";
import type { JobFacts as Job } from "./job-data.ts";
import { JobFacts, JobSentence } from "./job-facts.tsx";
import { JobMark } from "./job-mark.tsx";
import { JobOutcome } from "./job-outcome.tsx";
import { JournalTab } from "./journal-tab.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { OutputView } from "./output-view.tsx";
import { PlanTab } from "./plan-tab.tsx";
import { FailurePanel } from "./failure-panel.tsx";
import { SettlePanel } from "./settle-panel.tsx";
import { StandingOffer } from "./standing-offer.tsx";
import { StepRail } from "./step-rail.tsx";
import { useJob } from "./use-job.ts";
import { useMarkedLine } from "./use-marked-line.ts";
import { useOutput } from "./use-output.ts";

const TABS = ["output", "evidence", "approvals", "journal", "plan", "identities"] as const;
const tabParser = parseAsStringLiteral(TABS).withDefault("output");

function Times({ job }: { job: Job }) {
  return (
    <>
      <Person name={job.requester.name} />
      <span>
        asked <RelativeTime at={job.requestedAt} />
      </span>
      {job.startedAt !== null && (
        <span>
          {job.finishedAt === null ? "runs for " : "ran for "}
          {job.finishedAt === null ? (
            <Duration since={job.startedAt} />
          ) : (
            <Duration ms={job.finishedAt.getTime() - job.startedAt.getTime()} />
          )}
        </span>
      )}
      <Mono head={8} copy>
        {job.id}
      </Mono>
    </>
  );
}

function Running({ job }: { job: Job }) {
  if (job.state !== "running") return null;
  const done = job.steps.filter(({ state }) => state === "done").length;
  const now = job.plan.steps[job.steps.findIndex(({ state }) => state === "running")];
  return <Progress done={done} total={job.steps.length} now={now?.words.title} />;
}

function JobHead({ job }: { job: Job }) {
  return (
    <div className="grid gap-4 [&>header]:pb-0">
      <PageHeader
        title={`Job ${job.number}: ${job.stageTitle}`}
        crumbs={[
          { label: "Jobs", href: "/jobs" },
          { label: job.tenant.slug, href: `/tenants/${job.tenant.id}` },
          {
            label: `Stage ${job.stageKey}`,
            href: `/tenants/${job.tenant.id}/stages/${encodeURIComponent(job.stageKey)}`,
          },
        ]}
        beside={<JobMark state={job.state} resolution={job.resolution} size="lg" />}
        meta={<Times job={job} />}
        actions={
          <>
            <DownloadLink href={`/api/evidence/job/${job.id}`}>Evidence bundle</DownloadLink>
            <JobActions job={job} />
          </>
        }
      />
      <JobOutcome job={job} />
      <HandPanel job={job} />
      <SettlePanel job={job} />
      <FailurePanel job={job} />
      <EmergencyRecord job={job} />
      <StandingOffer job={job} />
      <EmergencyPanel job={job} />
      <JobSentence job={job} />
      <JobFacts job={job} />
      <Running job={job} />
    </div>
  );
}

/** One execution of one frozen plan: what it is, where it stands, what it printed, what it proved. */
export function JobPage({ jobId }: { jobId: string }) {
  const job = useJob(jobId);
  const output = useOutput(job);
  const [tab, setTab] = useQueryState("tab", tabParser);
  const [markedLine, markLine] = useMarkedLine();
  const showLine = useCallback(
    (line: number) => {
      void setTab("output");
      markLine(line);
    },
    [setTab, markLine],
  );

  return (
    <div className="grid gap-6">
      <JobHead job={job} />
      <div className="grid items-start gap-x-6 gap-y-6 lg:grid-cols-[17rem_minmax(0,1fr)]">
        <aside aria-label="Steps" className="min-w-0">
          <StepRail job={job} lineOf={(stepId) => output.buffer.findStep(stepId)} onLine={showLine} />
        </aside>
        <Tabs
          label="About this job"
          value={tab}
          onValueChange={(to) => void setTab(TABS.find((one) => one === to) ?? "output")}
          tabs={[
            { value: "output", label: "Output" },
            { value: "evidence", label: "Evidence", count: job.evidence.length },
            { value: "approvals", label: "Approvals", count: job.approvals.length },
            { value: "journal", label: "Journal", count: job.journal.length },
            { value: "plan", label: "Plan" },
            { value: "identities", label: "Identities" },
          ]}
          className="min-w-0"
        >
          <TabPanel value="output">
            {job.output.allowed ? (
              <OutputView job={job} output={output} markedLine={markedLine} onLine={markLine} />
            ) : (
              <Notice kind="info" title="What a run printed is private">
                {job.output.says}
              </Notice>
            )}
          </TabPanel>
          <TabPanel value="evidence">
            <div className="grid gap-6">
              <SaidList said={job.hand.said} />
              <EvidenceTab job={job} />
            </div>
          </TabPanel>
          <TabPanel value="approvals">
            <ApprovalsTab job={job} />
          </TabPanel>
          <TabPanel value="journal">
            <JournalTab job={job} />
          </TabPanel>
          <TabPanel value="plan">
            <PlanTab job={job} />
          </TabPanel>
          <TabPanel value="identities">
            <CleanRoomTab job={job} />
          </TabPanel>
        </Tabs>
      </div>
    </div>
  );
}
