import type { ComponentProps, ReactNode } from "react";
import { cx } from "./class-names.ts";

type CheckboxProps = Omit<ComponentProps<"input">, "type" | "ref"> & {
  label: ReactNode;
  hint?: ReactNode;
  /** Some of what it stands for is ticked, not all. */
  indeterminate?: boolean;
  /** Keeps the label for assistive technology only, for tick columns in tables. */
  hideLabel?: boolean;
};

export function Checkbox(props: CheckboxProps) {
  const { label, hint, indeterminate = false, hideLabel = false, className, ...rest } = props;
  return (
    <label className={cx("inline-flex items-start gap-2 has-disabled:cursor-not-allowed", className)}>
      <input
        {...rest}
        type="checkbox"
        ref={(box) => {
          if (box !== null) box.indeterminate = indeterminate;
        }}
        className="tick-control mt-0.5 rounded-sm"
      />
      <span className={hideLabel ? "sr-only" : undefined}>
        {label}
        {hint !== undefined && <span className="block text-small text-ink-3">{hint}</span>}
      </span>
    </label>
  );
}
