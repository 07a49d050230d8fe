import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { ThingNow } from "#server/domain/removal/progress.ts";
import { RemovalOrder } from "./removal-order.tsx";

type Removal = {
  jobId: string;
  number: number;
  at: Date | null;
  things: readonly ThingNow[];
  left: number;
  proof: { left: number; at: Date; jobId: string } | null;
};

/** What the newest audit found of the tenant, and what of it a removal has not removed yet. */
export function WhatIsLeft({ removal }: { removal: Removal | null }) {
  if (removal === null) return null;
  const { things, left, proof } = removal;
  return (
    <Section title="What is left, in order" beside={`${left} of ${things.length}`}>
      <Source removal={removal} />
      {proof !== null && proof.left === 0 ? (
        <Notice kind="ok" title="Nothing of the tenant is left">
          A second audit looked for everything once more, also by the ids of the projects and users that are
          gone. <Link href={`/jobs/${proof.jobId}`}>The job that looked</Link>, <RelativeTime at={proof.at} />
          .
        </Notice>
      ) : (
        left > 0 &&
        left < things.length && (
          <Notice kind="warning" title={`${left} of ${things.length} are left`}>
            What was removed stays removed. Ask for the stage again: its new plan has only what is there then.
          </Notice>
        )
      )}
      {things.length > 0 && <RemovalOrder rows={things} label="What is left, in order" />}
    </Section>
  );
}

/** The same in two lines, beside the tenant's stages. */
export function RemovalSummary({ removal, tenantId }: { removal: Removal | null; tenantId: string }) {
  if (removal === null) return null;
  return (
    <Section title="What it owns" beside={`${removal.left} of ${removal.things.length} left`}>
      <Source removal={removal} />
      <p className="text-small">
        <Link href={`/tenants/${tenantId}/stages/R0`}>See them in the order in which they go</Link>
      </p>
    </Section>
  );
}

function Source({ removal: { jobId, number, at } }: { removal: Removal }) {
  return (
    <p className="text-small text-ink-2">
      As audited by <Link href={`/jobs/${jobId}`}>job {number}</Link>
      {at !== null && (
        <>
          , <RelativeTime at={at} />
        </>
      )}
      .
    </p>
  );
}
