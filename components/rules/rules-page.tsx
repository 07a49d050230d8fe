"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StandingSection } from "#components/standing/standing-section.tsx";
import { FreezeSection } from "./freeze-section.tsx";
import { RulesForm } from "./rules-form.tsx";

/** What takes whose approval, as sentences; how it came to be; and the switch that stops everything. */
export function RulesPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.rules.get.queryOptions({}));
  const [isEditing, setEditing] = useState(false);
  const { propose } = data.may;
  return (
    <>
      <PageHeader
        title="Approval rules"
        meta={`Version ${data.version}. What waits keeps the stricter of the rules it was asked for under and these.`}
        actions={
          !isEditing &&
          data.set !== null && (
            <Button
              variant="primary"
              icon={<Pencil />}
              disabledReason={propose.allowed ? null : propose.says}
              onClick={() => setEditing(true)}
            >
              Propose a change
            </Button>
          )
        }
      />
      <div className="grid max-w-240 gap-8">
        {data.set === null ? (
          <Notice kind="danger" title="There are no rules that can be read">
            Nothing may be asked for or approved until the rules are restored.
          </Notice>
        ) : isEditing ? (
          <RulesForm
            base={data.version}
            set={data.set}
            signing={data.signing}
            signers={data.signers}
            close={() => setEditing(false)}
          />
        ) : (
          <Section title="In force">
            <ul className="grid max-w-[80ch] gap-2">
              {data.sentences.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </Section>
        )}
        <StandingSection />
        <FreezeSection />
        <Section title="Versions">
          <ul className="grid gap-1">
            {data.history.map(({ version, at, proposalId, askedBy }) => (
              <li key={version}>
                Version {version}, <RelativeTime at={at} />
                {proposalId === null ? (
                  ", made with the installation"
                ) : (
                  <>
                    , asked for by {askedBy}:{" "}
                    <Link href={`/settings/proposals/${proposalId}`}>see who agreed and why</Link>
                  </>
                )}
              </li>
            ))}
          </ul>
        </Section>
      </div>
    </>
  );
}
