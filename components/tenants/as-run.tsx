import { Eraser, LockKeyhole } from "lucide-react";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { stageNumber } from "#components/stages/stage-words.ts";
import type { Json } from "#server/domain/canonical/json.ts";

export type AsRunValue = { name: string; value: Json; stageKey: string; jobId: string; at: Date };

function said(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Value({ name, value }: { name: string; value: string }) {
  return (
    <div className="py-1">
      <dt className="text-small text-ink-3">{name}</dt>
      <dd className="flex items-start justify-between gap-1 font-mono text-small">
        <span className="min-w-0 py-0.5 wrap-anywhere">{value === "" ? "(empty)" : value}</span>
        <CopyButton text={value} label={`Copy ${name}`} className="-my-0.5 shrink-0 text-ink-3" />
      </dd>
    </div>
  );
}

type AsRunProps = {
  values: readonly AsRunValue[];
  stages: readonly { key: string; title: string }[];
};

/** What this tenant's runs captured, by stage in the order of the runbook. */
export function AsRun({ values, stages }: AsRunProps) {
  const groups = stages
    .map(({ key, title }) => ({ key, title, own: values.filter(({ stageKey }) => stageKey === key) }))
    .filter(({ own }) => own.length > 0);
  return (
    <Section title="As run" beside={values.length === 0 ? undefined : values.length}>
      {groups.length === 0 ? (
        <EmptyState size="line" title="Nothing captured yet.">
          Ids and facts that the stages read back from the cloud fill this by themselves.
        </EmptyState>
      ) : (
        <div className="grid gap-1">
          {groups.map(({ key, title, own }, at) => {
            const [newest] = own.toSorted((a, b) => b.at.getTime() - a.at.getTime());
            return (
              <details key={key} open={at === groups.length - 1}>
                <summary className="rounded-sm py-1 hover:text-accent-ink">
                  <span className="tnum">{stageNumber(key)}</span> {title}{" "}
                  <span className="tnum text-small text-ink-3">{own.length}</span>
                </summary>
                {newest !== undefined && (
                  <p className="pb-1 text-small text-ink-2">
                    <RelativeTime at={newest.at} />, <Link href={`/jobs/${newest.jobId}`}>job</Link>
                  </p>
                )}
                <dl>
                  {own.map(({ name, value }) => (
                    <Value key={name} name={name} value={said(value)} />
                  ))}
                </dl>
              </details>
            );
          })}
        </div>
      )}
    </Section>
  );
}

export type SealedSecret = {
  name: string;
  version: number;
  fingerprint: string;
  jobId: string;
  createdAt: Date;
  destroyedAt: Date | null;
};

const SECRET_WORDS: Readonly<Record<string, string>> = {
  manager_password: "Domain manager's password",
  svc_initial_password: "Service user's first password",
  svc_password: "Service user's password",
  app_cred_secret: "Application credential's secret",
  keypair_private_key: "Private key of the keypair",
};

/** Secrets by fingerprint: equal values show, values do not. */
export function SealedSecrets({ secrets }: { secrets: readonly SealedSecret[] }) {
  if (secrets.length === 0) return null;
  return (
    <Section title="Secrets" beside={secrets.length}>
      <ul>
        {secrets.map((secret) => (
          <li
            key={`${secret.name} ${secret.version}`}
            className="grid gap-0.5 border-b border-line py-2 last:border-b-0"
          >
            <span className="flex items-start justify-between gap-2">
              <span>{SECRET_WORDS[secret.name] ?? secret.name}</span>
              {secret.version > 1 && <span className="tnum text-small text-ink-3">v{secret.version}</span>}
            </span>
            <span className="flex flex-wrap items-center gap-x-2 text-small text-ink-2">
              <SealMark isDestroyed={secret.destroyedAt !== null} />
              <RelativeTime at={secret.destroyedAt ?? secret.createdAt} />
            </span>
            <span className="text-small text-ink-3">
              Fingerprint <Mono>{secret.fingerprint}</Mono>, <Link href={`/jobs/${secret.jobId}`}>job</Link>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SealMark({ isDestroyed }: { isDestroyed: boolean }) {
  const Glyph = isDestroyed ? Eraser : LockKeyhole;
  return (
    <span
      data-hint={
        isDestroyed ? "The console no longer holds it." : "Held sealed; only the runner can open it."
      }
      className="inline-flex items-center gap-1 font-medium text-ink-2"
    >
      <Glyph aria-hidden="true" className="size-3.5" />
      {isDestroyed ? "Destroyed" : "Sealed"}
    </span>
  );
}
