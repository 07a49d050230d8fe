import type { ReactNode } from "react";
import { describeChanges } from "#components/plan/plan-words.ts";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { Link } from "#components/ui/link.tsx";
import { IDENTITY_WORDS, type Identity } from "#server/domain/plan/states.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import type { JobFacts as Job } from "./job-data.ts";

function identitiesOf(plan: StagePlan): Identity[] {
  const sending = plan.steps.filter(({ calls }) => calls.length > 0);
  const acting = sending.length > 0 ? sending : plan.steps;
  return [...new Set(acting.map(({ identity }) => identity))];
}

function identityWords(plan: StagePlan): string {
  return identitiesOf(plan)
    .map((identity) => IDENTITY_WORDS[identity].toLowerCase())
    .join(" and ");
}

/** The whole request in one sentence: who asks for what, where, as whom, for whom. */
export function JobSentence({ job }: { job: Job }) {
  const { plan } = job;
  return (
    <p className="max-w-[70ch] text-lead text-balance">
      <strong>{job.requester.name}</strong> {job.state === "awaiting_approval" ? "asks" : "asked"} to{" "}
      <strong>{describeChanges(plan.steps)}</strong> on cloud <strong>{job.cloud.name}</strong> as{" "}
      {identityWords(plan)}, for tenant <strong>{job.tenant.slug}</strong>.
    </p>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-3 py-2">
      <dt className="text-small text-ink-3">{name}</dt>
      <dd className="flex min-h-7 flex-wrap items-center gap-x-2 text-prose font-medium wrap-anywhere">
        {children}
      </dd>
    </div>
  );
}

/** Effect, cloud, target and identity: in the same place and of the same size wherever something is decided or run. */
export function JobFacts({ job }: { job: Job }) {
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-md border border-line bg-canvas lg:grid-cols-4">
      <Fact name="Effect">
        <EffectBadge effect={job.effect} size="lg" />
      </Fact>
      <Fact name="Cloud">{job.cloud.name}</Fact>
      <Fact name="Tenant">
        <Link tone="quiet" href={`/tenants/${job.tenant.id}`}>
          {job.tenant.slug}
        </Link>
      </Fact>
      <Fact name="Runs as">
        {identitiesOf(job.plan)
          .map((identity) => IDENTITY_WORDS[identity])
          .join(", ")}
      </Fact>
    </dl>
  );
}
