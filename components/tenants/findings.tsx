import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { stageNumber } from "#components/stages/stage-words.ts";
import type { Json } from "#server/domain/canonical/json.ts";

export type Finding = {
  id: string;
  severity: "info" | "warning" | "problem";
  says: string;
  observed: Json;
  stageKey: string;
  jobId: string;
  at: Date;
};

const looks = {
  info: { word: "Noted", Glyph: Info, tone: "text-run", mark: "text-run-mark" },
  warning: { word: "Warning", Glyph: TriangleAlert, tone: "text-wait", mark: "text-wait-mark" },
  problem: { word: "Problem", Glyph: CircleAlert, tone: "text-bad", mark: "text-bad-mark" },
} as const;

const ORDER = ["problem", "warning", "info"] as const;

/** Observed facts that refine or refute the document, the gravest first. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const sorted = ORDER.flatMap((severity) => findings.filter((one) => one.severity === severity));
  return (
    <Section title="Findings" beside={findings.length === 0 ? undefined : findings.length}>
      {findings.length === 0 ? (
        <EmptyState size="line" title="None.">
          What a run observes that refines or refutes the runbook is recorded here.
        </EmptyState>
      ) : (
        <ul>
          {sorted.map((finding) => {
            const { word, Glyph, tone, mark } = looks[finding.severity];
            return (
              <li key={finding.id} className="grid gap-1 border-b border-line py-2 last:border-b-0">
                <span className="flex flex-wrap items-center gap-x-2 text-small text-ink-3">
                  <span className={`inline-flex items-center gap-1 font-medium ${tone}`}>
                    <Glyph aria-hidden="true" className={`size-3.5 ${mark}`} />
                    {word}
                  </span>
                  <span>
                    Stage <span className="tnum">{stageNumber(finding.stageKey)}</span>,{" "}
                    <RelativeTime at={finding.at} />, <Link href={`/jobs/${finding.jobId}`}>job</Link>
                  </span>
                </span>
                <p className="wrap-anywhere">{finding.says}</p>
                <details className="text-small">
                  <summary className="rounded-sm text-ink-2 hover:text-ink">Observed</summary>
                  <div className="pt-1">
                    <JsonView value={finding.observed} title="Observed" hideTitle maxHeight={240} />
                  </div>
                </details>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
