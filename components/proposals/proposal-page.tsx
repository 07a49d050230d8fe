"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { Person } from "#components/ui/avatar.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { BeforeAfter } from "./before-after.tsx";
import { ProposalDecision } from "./proposal-decision.tsx";
import type { ProposalFacts } from "./proposal-facts.ts";
import { ProposalMark } from "./proposal-mark.tsx";

function Record({ proposal }: { proposal: ProposalFacts }) {
  return (
    <KeyValueList
      rows={[
        {
          key: "Who may decide",
          value:
            proposal.candidates.length === 0 ? (
              "Nobody: no other person with the right to can sign in. An admin has to add one."
            ) : (
              <span className="flex flex-wrap gap-x-4 gap-y-1">
                {proposal.candidates.map(({ id, name }) => (
                  <Person key={id} name={name} />
                ))}
              </span>
            ),
        },
        { key: "Digest", value: <Mono copy>{proposal.digest}</Mono> },
        { key: "Expires", value: <RelativeTime at={proposal.expiresAt} /> },
      ]}
    />
  );
}

/** One change of the console itself: what it would change, why, and the decision of a second person. */
export function ProposalPage({ proposalId }: { proposalId: string }) {
  const trpc = useTRPC();
  const { data: proposal } = useSuspenseQuery(trpc.proposals.get.queryOptions({ proposalId }));
  return (
    <article className="mx-auto grid max-w-220 gap-8">
      <div className="grid gap-4 [&>header]:pb-0">
        <PageHeader
          title={proposal.rendering.title}
          crumbs={[
            { label: "Inbox", href: "/inbox" },
            { label: `Proposal ${proposal.number}`, href: `/settings/proposals/${proposal.id}` },
          ]}
          beside={<ProposalMark state={proposal.state} />}
          meta={
            <>
              <Person name={proposal.requester.name} /> asked <RelativeTime at={proposal.requestedAt} />
            </>
          }
        />
        {proposal.drift !== null && (
          <Notice kind="danger" title="This can no longer be approved as it was asked for">
            {proposal.drift} It has to be asked for again.
          </Notice>
        )}
        <p className="max-w-[70ch] text-prose">{proposal.rendering.says}</p>
      </div>
      <Section title="Before and after">
        <BeforeAfter before={proposal.rendering.before} after={proposal.rendering.after} />
      </Section>
      {proposal.considerations.length > 0 && (
        <Section title="What it would have meant" description="Computed now from what is on record.">
          <ul className="grid max-w-[80ch] list-disc gap-1 pl-5">
            {proposal.considerations.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Why">
        <blockquote className="max-w-[70ch] border-l-2 border-line-strong pl-3 text-prose whitespace-pre-wrap wrap-anywhere">
          {proposal.reason}
        </blockquote>
      </Section>
      <Section title="The proposal">
        <Record proposal={proposal} />
      </Section>
      <ProposalDecision proposal={proposal} />
    </article>
  );
}
