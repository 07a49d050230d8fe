import type { ComponentProps } from "react";
import { cx } from "./class-names.ts";

export function Textarea({
  mono = false,
  className,
  rows = 3,
  ...rest
}: ComponentProps<"textarea"> & { mono?: boolean }) {
  return (
    <textarea
      {...rest}
      rows={rows}
      className={cx(
        "field-control field-sizing-content max-h-96 w-full resize-y px-2.5 py-1.5",
        mono && "font-mono text-small",
        className,
      )}
    />
  );
}
