import { cx } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";

type MonoProps = {
  children: string;
  /** Shows only the first n characters; the hint has all of it. */
  head?: number;
  copy?: boolean;
  className?: string;
};

/** An identifier, digest or address: monospaced, shortened on wish, copied whole. */
export function Mono({ children, head, copy = false, className }: MonoProps) {
  const short = head !== undefined && children.length > head;
  return (
    <span className={cx("inline-flex max-w-full items-center gap-0.5 font-mono text-small", className)}>
      <span data-hint={short ? children : undefined} className="min-w-0 break-all">
        {short ? `${children.slice(0, head)}\u2026` : children}
      </span>
      {copy && <CopyButton text={children} className="-my-1 text-ink-3" />}
    </span>
  );
}
