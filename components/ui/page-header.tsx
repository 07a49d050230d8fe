import { ChevronRight } from "lucide-react";
import NextLink from "next/link";
import type { ReactNode } from "react";

export type Crumb = { label: string; href: string };

type PageHeaderProps = {
  title: ReactNode;
  crumbs?: readonly Crumb[];
  /** Stands beside the title: the state or the effect of what the page is about. */
  beside?: ReactNode;
  /** One line under the title: who, where, when. */
  meta?: ReactNode;
  actions?: ReactNode;
};

export function PageHeader({ title, crumbs = [], beside, meta, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start gap-x-6 gap-y-3 pb-5">
      <div className="grid min-w-0 flex-1 basis-80 gap-1">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumb">
            <ol className="flex flex-wrap items-center gap-1 text-small text-ink-3">
              {crumbs.map((crumb, at) => (
                <li key={crumb.href} className="flex items-center gap-1">
                  <NextLink href={crumb.href} className="rounded-sm hover:text-ink hover:underline">
                    {crumb.label}
                  </NextLink>
                  {at < crumbs.length - 1 && <ChevronRight aria-hidden="true" className="size-3" />}
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-title wrap-anywhere">{title}</h1>
          {beside}
        </div>
        {meta !== undefined && (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">{meta}</div>
        )}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
