import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button.tsx";
import { RowLink } from "#components/ui/table.tsx";

type InboxRowProps = {
  href: string;
  /** What it is. */
  title: string;
  /** Stands before the title: an effect or a state. */
  mark: ReactNode;
  /** Where, who asked, why: one quiet line. */
  meta: ReactNode;
  /** How long it waits or when it was. */
  time: ReactNode;
  action: string;
  primary?: boolean;
};

/** One thing that needs somebody: what, where, who, how long, and one action. */
export function InboxRow({ href, title, mark, meta, time, action, primary = false }: InboxRowProps) {
  return (
    <li className="group/row relative flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-3 py-3 transition-colors last:border-b-0 hover:bg-hover has-[[data-nav-row]:focus-visible]:bg-hover">
      <div className="grid min-w-0 flex-1 basis-64 gap-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <RowLink href={href} className="whitespace-normal!">
            {title}
          </RowLink>
          {mark}
        </div>
        <div className="min-w-0 text-ink-2 wrap-anywhere">{meta}</div>
      </div>
      <div className="flex items-center gap-4 max-sm:w-full max-sm:justify-between">
        <span className="text-small whitespace-nowrap text-ink-2">{time}</span>
        <ButtonLink
          href={href}
          size="sm"
          variant={primary ? "primary" : "secondary"}
          aria-label={`${action}: ${title}`}
          className="relative z-10 min-w-22"
        >
          {action}
        </ButtonLink>
      </div>
    </li>
  );
}

export function InboxRows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="overflow-hidden rounded-md border border-line">
      {children}
    </ul>
  );
}
