import { CircleCheck, CircleDashed, CornerDownRight } from "lucide-react";
import { Mono } from "#components/ui/mono.tsx";
import { VisibleText } from "#components/ui/visible-text.tsx";
import type { PlannedRemoval } from "#server/domain/plan/plan.ts";
import type { ThingState } from "#server/domain/removal/progress.ts";

type Row = PlannedRemoval & { state?: ThingState };

const STATES = {
  there: { word: "Still there", Glyph: CircleDashed, tone: "text-wait", mark: "text-wait-mark" },
  along: { word: "Goes along", Glyph: CornerDownRight, tone: "text-ink-2", mark: "text-ink-3" },
  gone: { word: "Removed", Glyph: CircleCheck, tone: "text-ok", mark: "text-ok-mark" },
} as const;

function State({ state }: { state: ThingState }) {
  const { word, Glyph, tone, mark } = STATES[state];
  return (
    <span className={`inline-flex items-center gap-1 text-small whitespace-nowrap ${tone}`}>
      <Glyph aria-hidden="true" className={`size-3.5 ${mark}`} />
      {word}
    </span>
  );
}

/** Everything that a removal found, in the order in which it goes, with whose it is and the reason for its place. */
export function RemovalOrder({ rows, label }: { rows: readonly Row[]; label: string }) {
  return (
    <ol aria-label={label} className="rounded-md border border-line">
      {rows.map((row, at) => (
        <li
          key={row.key}
          data-thing={row.key}
          className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-2 border-b border-line px-3 py-2 last:border-b-0"
        >
          <span className="tnum text-right text-small text-ink-3">{at + 1}</span>
          <div className="grid min-w-0 gap-0.5">
            <div className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
              <span className="text-ink-2">{row.kind}</span>
              <span className="min-w-0 font-medium wrap-anywhere">
                <VisibleText>{row.name}</VisibleText>
              </span>
              {row.state !== undefined && (
                <span className="ml-auto">
                  <State state={row.state} />
                </span>
              )}
            </div>
            <p className="text-small text-ink-2 wrap-anywhere">
              <VisibleText>{row.why}</VisibleText>
            </p>
            {row.after.length > 0 && <After after={row.after} />}
            <p className="min-w-0 text-small text-ink-3">
              <Mono>{row.id}</Mono>
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Reasons are said once each, with everything that they are true of. */
function After({ after }: { after: PlannedRemoval["after"] }) {
  const reasons = new Map<string, string[]>();
  for (const { name, says } of after) reasons.set(says, [...(reasons.get(says) ?? []), name]);
  return (
    <ul className="grid gap-0.5 text-small">
      {[...reasons].map(([says, names]) => (
        <li key={says} className="wrap-anywhere">
          <span className="text-ink-3">After</span> <VisibleText>{shortened(names)}</VisibleText>.{" "}
          <span className="text-ink-2">
            <VisibleText>{says}</VisibleText>
          </span>
        </li>
      ))}
    </ul>
  );
}

const NAMED_MAX = 3;

function shortened(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return more > 0 ? `${names.slice(0, NAMED_MAX).join(", ")} and ${more} more` : names.join(", ");
}
