import type { ComponentProps, ReactNode } from "react";
import { cx } from "./class-names.ts";

export function Input({ mono = false, className, ...rest }: ComponentProps<"input"> & { mono?: boolean }) {
  return (
    <input
      autoComplete="off"
      {...rest}
      className={cx("field-control h-8 w-full px-2.5", mono && "font-mono text-small", className)}
    />
  );
}

/** An input with a glyph before it and, when wanted, a key hint or a button behind it. */
export function InputWithGlyph({
  glyph,
  after,
  className,
  ...rest
}: ComponentProps<"input"> & { glyph: ReactNode; after?: ReactNode }) {
  return (
    <span className={cx("relative block", className)}>
      <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-ink-3 [&_svg]:size-4">
        {glyph}
      </span>
      <input autoComplete="off" {...rest} className="field-control h-8 w-full pr-9 pl-8" />
      {after !== undefined && <span className="absolute inset-y-0 right-2 flex items-center">{after}</span>}
    </span>
  );
}
