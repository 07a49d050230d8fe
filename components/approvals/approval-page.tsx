"use client";

import { type ReactNode, useCallback, useState } from "react";
import { EmergencyRecord } from "#components/break-glass/emergency-record.tsx";
import { JobFacts, JobSentence } from "#components/jobs/job-facts.tsx";
import { JobMark } from "#components/jobs/job-mark.tsx";
import { useJob } from "#components/jobs/use-job.ts";
import { PlanSteps } from "#components/plan/plan-steps.tsx";
import { countSteps, describeCounts } from "#components/plan/plan-words.ts";
import { useSession } from "#components/session/use-session.ts";
import { Person } from "#components/ui/avatar.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { HeldNotice } from "#components/registers/acts/held-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import { SignPanel } from "#components/signing/sign-panel.tsx";
import { DecidePanel } from "./decide-panel.tsx";
import { DecisionRecord } from "./decision-record.tsx";
import { RequestRecord } from "./request-record.tsx";
import { Reversibility } from "./reversibility.tsx";
import { SinceLastRun } from "./since-last-run.tsx";
import { StageBefore } from "./stage-before.tsx";
import { type Ticks, toggleTick } from "./ticks.ts";

function Reason({ children }: { children: ReactNode }) {
  return (
    <blockquote className="max-w-[70ch] border-l-2 border-line-strong pl-3 text-prose whitespace-pre-wrap wrap-anywhere">
      {children}
    </blockquote>
  );
}

/** One request, read from top to bottom, then decided. Shows nothing but the frozen record. */
export function ApprovalPage({ jobId }: { jobId: string }) {
  const job = useJob(jobId);
  const session = useSession();
  const [ticks, setTicks] = useState<Ticks>(new Set());
  const isWaiting = job.state === "awaiting_approval";
  const mayTick = isWaiting && job.may.approve.allowed;
  const leadOf = useCallback(
    (call: PlannedCall) => (
      <Checkbox
        hideLabel
        data-tick={call.id}
        label={`I have read ${call.method} ${call.service} ${call.path}`}
        checked={ticks.has(call.id)}
        onChange={() => setTicks((now) => toggleTick(now, call.id))}
      />
    ),
    [ticks],
  );

  return (
    <article className="mx-auto grid max-w-220 gap-8">
      <div className="grid gap-4 [&>header]:pb-0">
        <PageHeader
          title={`Stage ${job.stageKey}: ${job.stageTitle}`}
          crumbs={[
            { label: "Inbox", href: "/inbox" },
            { label: `Job ${job.number}`, href: `/jobs/${job.id}` },
          ]}
          beside={<JobMark state={job.state} resolution={job.resolution} />}
          meta={
            <>
              <Person name={job.requester.name} /> asked <RelativeTime at={job.requestedAt} />
            </>
          }
        />
        {isWaiting && job.recheck !== null && job.recheck.drift.length > 0 && (
          <Notice
            kind="danger"
            title="The cloud has changed since this was asked for, so it cannot be approved"
            action={
              <a href="#decide" className="font-medium text-accent-ink underline underline-offset-2">
                See what differs
              </a>
            }
          />
        )}
        <HeldNotice held={job.held} />
        <EmergencyRecord job={job} />
        <JobSentence job={job} />
        <JobFacts job={job} />
        <Reversibility steps={job.plan.steps} />
      </div>

      <Section
        title="Calls"
        description={
          mayTick
            ? `${describeCounts(countSteps(job.plan.steps))} Open each call, read its body, and tick it.`
            : describeCounts(countSteps(job.plan.steps))
        }
      >
        <PlanSteps steps={job.plan.steps} {...(mayTick ? { leadOf } : {})} />
      </Section>

      <Section title="New since the last run">
        <SinceLastRun job={job} />
      </Section>

      <Section title="Why, and on what evidence">
        <Reason>{job.reason}</Reason>
        <StageBefore job={job} />
      </Section>

      <Section title="The request">
        <RequestRecord job={job} />
      </Section>

      {job.state === "awaiting_signature" && job.signing !== null && (
        <div id="sign" className="scroll-mt-16">
          <Section
            title="Sign"
            description="It runs once a key outside this console has signed exactly this plan."
          >
            <SignPanel job={job} signing={job.signing} />
          </Section>
        </div>
      )}

      <div id="decide" className="scroll-mt-16 pb-8">
        <Section title={isWaiting ? "Decide" : "Decision"}>
          {isWaiting ? (
            <DecidePanel
              job={job}
              ticks={ticks}
              onTicks={setTicks}
              isRequester={session.person.id === job.requester.id}
            />
          ) : (
            <DecisionRecord job={job} />
          )}
        </Section>
      </div>
    </article>
  );
}
