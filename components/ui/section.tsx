import { type ReactNode, useId } from "react";
import { cx } from "./class-names.ts";

type SectionProps = {
  title: ReactNode;
  /** A count or a state beside the title. */
  beside?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
};

/** A titled part of a page, told apart by a rule and space, not by a box. */
export function Section({ title, beside, description, actions, className, children }: SectionProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cx("grid min-w-0 grid-cols-1 content-start gap-3 print:break-inside-avoid", className)}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line pb-2">
        <h2 id={id} className="text-prose font-medium">
          {title}
        </h2>
        {beside !== undefined && <span className="tnum text-ink-3">{beside}</span>}
        {actions !== undefined && <div className="ml-auto flex items-center gap-2">{actions}</div>}
        {description !== undefined && <p className="w-full text-ink-2">{description}</p>}
      </div>
      {children}
    </section>
  );
}
