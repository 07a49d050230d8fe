import { ArrowDown, ArrowUp } from "lucide-react";
import NextLink from "next/link";
import type { ComponentProps, ReactNode, Ref } from "react";
import { cx } from "./class-names.ts";

type TableProps = {
  /** Names the table and the box it scrolls in. */
  label: string;
  /** The table scrolls inside this height with its head staying; otherwise the page scrolls. */
  maxHeight?: string;
  /** The box that scrolls, for tables that render only what is in view. */
  scrollRef?: Ref<HTMLDivElement>;
  className?: string;
  children: ReactNode;
};

/** Dense table: 36 px rows, a head that stays, sideways scrolling in its own box. */
export function Table({ label, maxHeight, scrollRef, className, children }: TableProps) {
  return (
    <div
      ref={scrollRef}
      role="group"
      aria-label={label}
      tabIndex={0}
      style={maxHeight === undefined ? undefined : { maxHeight }}
      className={cx("focus-inset relative overflow-auto scroll-cue rounded-md border border-line", className)}
    >
      <table className="w-full border-separate border-spacing-0 text-left">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead>
      <tr>{children}</tr>
    </thead>
  );
}

export function TableBody({ children }: { children: ReactNode }) {
  return <tbody className="[&>tr:last-child>*]:border-b-0">{children}</tbody>;
}

export function TableRow({
  selected = false,
  className,
  ...rest
}: ComponentProps<"tr"> & { selected?: boolean }) {
  return (
    <tr
      {...rest}
      aria-selected={selected || undefined}
      className={cx(
        "group/row relative transition-colors hover:bg-hover has-[[data-nav-row]:focus-visible]:bg-hover",
        selected && "bg-accent-soft",
        className,
      )}
    />
  );
}

type CellLook = {
  align?: "left" | "right" | "center";
  /** Leaves the column out on a narrow screen; what it says must then stand elsewhere too. */
  hideBelow?: "md" | "lg" | "2xl" | undefined;
  /** Takes only the width it needs. */
  fit?: boolean;
};

function look({ align = "left", hideBelow, fit = false }: CellLook): string {
  return cx(
    align === "right" && "tnum text-right",
    align === "center" && "text-center",
    hideBelow === "md" && "max-md:hidden",
    hideBelow === "lg" && "max-lg:hidden",
    hideBelow === "2xl" && "max-2xl:hidden",
    fit && "w-px whitespace-nowrap",
  );
}

type HeaderCellProps = CellLook & {
  children?: ReactNode;
  /** Where a click on the head leads: the same list in the other order. */
  sortHref?: string;
  sorted?: "ascending" | "descending" | undefined;
  className?: string;
};

export function TableHeaderCell({ children, sortHref, sorted, className, ...cell }: HeaderCellProps) {
  const Arrow = sorted === "descending" ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={sorted}
      className={cx(
        "sticky top-0 z-20 h-8 border-b border-line bg-canvas px-3 text-small font-normal whitespace-nowrap text-ink-2",
        look(cell),
        className,
      )}
    >
      {sortHref === undefined ? (
        children
      ) : (
        <NextLink href={sortHref} className="inline-flex items-center gap-1 rounded-sm hover:text-ink">
          {children}
          {sorted !== undefined && <Arrow aria-hidden="true" className="size-3" />}
        </NextLink>
      )}
    </th>
  );
}

type CellProps = CellLook & Omit<ComponentProps<"td">, "align">;

export function TableCell({ align, hideBelow, fit, className, ...rest }: CellProps) {
  return (
    <td
      {...rest}
      className={cx(
        "h-9 border-b border-line px-3 py-1.5 align-middle [&_[data-state-mark]]:whitespace-nowrap",
        look({ ...(align ? { align } : {}), hideBelow, ...(fit ? { fit } : {}) }),
        className,
      )}
    />
  );
}

/**
 * The link that makes its whole row a target. Other controls in the row need `relative z-10` to stay above it.
 * `j` and `k` move between row links.
 */
export function RowLink({ className, ...link }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink
      {...link}
      data-nav-row=""
      className={cx(
        "rounded-sm font-medium whitespace-nowrap text-ink outline-offset-4 after:absolute after:inset-0 after:content-[''] group-hover/row:text-accent-ink",
        className,
      )}
    />
  );
}
