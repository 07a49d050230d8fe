import NextLink from "next/link";
import { cx } from "#components/ui/class-names.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { Marker } from "#server/domain/marker/compute.ts";
import type { StageProgress } from "#server/domain/tenant/progress.ts";
import { StageMark } from "./stage-marks.tsx";
import { gradeWords, markerWords, stageNumber, stageWords } from "./stage-words.ts";

export type RailStage = {
  key: string;
  title: string;
  marker: Marker | null;
  progress: StageProgress | null;
  opensAfter: string | null;
};

type StageRailProps = {
  tenantId: string;
  stages: readonly RailStage[];
  currentKey: string | null;
  /** What the list is called, where a tenant has more than one. */
  label?: string;
};

/** On a narrow screen the stages stand side by side: the present one is brought into view, the page does not move. */
function bringIntoView(item: HTMLLIElement | null): void {
  const list = item?.parentElement;
  if (!item || !list) return;
  list.scrollLeft += item.getBoundingClientRect().left - list.getBoundingClientRect().left;
}

/** The stages of a tenant in order, each with where it stands and what is proven about its text. */
export function StageRail({ tenantId, stages, currentKey, label = "Stages" }: StageRailProps) {
  return (
    <nav aria-label={label}>
      <ol className="flex gap-1 overflow-x-auto pb-1 md:grid md:gap-0.5 md:overflow-visible md:pb-0">
        {stages.map(({ key, title, marker, progress, opensAfter }, at) => {
          const here = key === currentKey;
          const proven = markerWords(marker);
          const grade = gradeWords(marker);
          return (
            <li
              key={key}
              ref={here ? bringIntoView : undefined}
              className="relative min-w-40 shrink-0 md:min-w-0"
            >
              {at > 0 && (
                <span
                  aria-hidden="true"
                  className="absolute -top-1 left-[1.0625rem] h-2 w-px bg-line max-md:hidden"
                />
              )}
              <NextLink
                href={`/tenants/${tenantId}/stages/${key}`}
                aria-current={here ? "page" : undefined}
                data-nav-row=""
                className={cx(
                  "focus-inset grid h-full grid-cols-[1.25rem_minmax(0,1fr)] items-start gap-x-1.5 rounded-md px-2 py-1.5 transition-colors",
                  here ? "bg-accent-soft" : "hover:bg-hover",
                )}
              >
                <span className="flex h-lh items-center">
                  <StageMark state={progress?.state ?? "locked"} opensAfter={opensAfter} iconOnly />
                </span>
                <span className="min-w-0">
                  <span className={cx("block", here ? "font-medium text-accent-ink" : "text-ink")}>
                    <span className="tnum mr-1.5">{stageNumber(key)}</span>
                    {title}
                  </span>
                  <span className="flex flex-wrap gap-x-2 text-small text-ink-2">
                    <span aria-hidden="true">{stageWords(progress?.state ?? "locked").label}</span>
                    <span data-hint={proven.means}>
                      <span className="sr-only">, marker: </span>
                      <StateMark state={proven.state} label={proven.label} size="sm" />
                    </span>
                    {marker !== null && marker.at !== null && (
                      <span>
                        {grade !== null && `${grade.short} `}
                        <RelativeTime at={marker.at} focusable={false} short />
                      </span>
                    )}
                  </span>
                </span>
              </NextLink>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
