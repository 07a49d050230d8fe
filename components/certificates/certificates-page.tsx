"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { AccessTabs } from "#components/access/access-tabs.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { AuthorityPart } from "./authority-part.tsx";
import type { CertificatePage } from "./certificate-data.ts";
import { OpenCertificates } from "./open-certificates.tsx";
import { SignForm } from "./sign-form.tsx";
import { RefusalLog, SignatureLog } from "./signature-log.tsx";

function Scorecard({ rows }: { rows: CertificatePage["scorecard"] }) {
  const good = rows.filter(({ isGood }) => isGood).length;
  return (
    <Section title="Scorecard" beside={`${good} of ${rows.length}`}>
      <ul className="grid gap-x-8 gap-y-2 md:grid-cols-2">
        {rows.map(({ key, title, isGood, findings }) => (
          <li key={key} className="grid content-start gap-0.5">
            <StateMark state={isGood ? "passed" : "failed"} label={title} />
            {findings.map((finding) => (
              <span key={finding} className="pl-5.5 text-small wrap-anywhere text-ink-2">
                {finding}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Who can sign in on hosts by certificate now, and everything around that. */
export function CertificatesPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.certificates.list.queryOptions({}));
  const { open, log, refused, scorecard, waiting } = data;
  const stale = open.filter(({ state }) => state === "stale").length;
  return (
    <div className="grid grid-cols-1 gap-7">
      <div>
        <PageHeader
          title="Certificates"
          beside={open.length}
          meta={
            stale === 0
              ? "SSH user certificates that hosts let in now. Each is signed for one actor, after a decision, for hours."
              : `${stale} of them would not be signed today: revoke what is stale.`
          }
        />
        <AccessTabs current="certificates" />
        <OpenCertificates page={data} />
      </div>
      <SignForm page={data} />
      <Scorecard rows={scorecard} />
      {waiting.length > 0 && (
        <Section title="Waiting for a second person" beside={waiting.length}>
          <ul className="grid gap-1.5">
            {waiting.map(({ id, number, title }) => (
              <li key={id}>
                <Link href={`/settings/proposals/${id}`}>
                  Proposal {number}: {title}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <AuthorityPart page={data} />
      <SignatureLog rows={log} />
      {refused.length > 0 && <RefusalLog rows={refused} />}
    </div>
  );
}
