import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

export type RadioOption<V extends string> = {
  value: V;
  label: ReactNode;
  hint?: ReactNode;
  disabledReason?: string;
};

type RadioGroupProps<V extends string> = {
  name: string;
  legend: string;
  hideLegend?: boolean;
  options: readonly RadioOption<V>[];
  value?: V | null;
  defaultValue?: V;
  onValueChange?: (value: V) => void;
  className?: string;
};

/** Rows to choose one from; each row is a label, so the whole row is the target. */
export function RadioGroup<V extends string>(props: RadioGroupProps<V>) {
  const { name, legend, hideLegend = false, options, value, defaultValue, onValueChange } = props;
  return (
    <fieldset className={cx("min-w-0", props.className)}>
      <legend className={hideLegend ? "sr-only" : "mb-1 font-medium"}>{legend}</legend>
      <div className="divide-y divide-line overflow-hidden rounded-md border border-line">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex items-start gap-2.5 bg-surface px-3 py-2 hover:bg-hover has-checked:bg-accent-soft has-disabled:cursor-not-allowed"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              disabled={option.disabledReason !== undefined}
              {...(value === undefined
                ? { defaultChecked: option.value === defaultValue }
                : { checked: option.value === value })}
              onChange={() => onValueChange?.(option.value)}
              className="tick-control mt-0.5 rounded-full"
            />
            <span>
              <span className="font-medium">{option.label}</span>
              {option.hint !== undefined && (
                <span className="block text-small text-ink-2">{option.hint}</span>
              )}
              {option.disabledReason !== undefined && (
                <span className="block text-small text-ink-3">{option.disabledReason}</span>
              )}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
