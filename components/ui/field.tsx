"use client";

import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cx } from "./class-names.ts";

type ControlProps = {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
  required: boolean;
};

type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null | undefined;
  /** Says "optional" beside the label; a field is required otherwise. */
  optional?: boolean;
  className?: string;
  /** Receives what the control needs to be wired to its label, hint and error; spread it on the control. */
  children: (control: ControlProps) => ReactNode;
};

export function Field({ label, hint, error, optional = false, className, children }: FieldProps) {
  const id = useId();
  const failed = error !== undefined && error !== null && error !== "";
  const described = cx(hint !== undefined && `${id}-hint`, failed && `${id}-error`);
  return (
    <div className={cx("grid content-start gap-1", className)}>
      <label htmlFor={id} className="font-medium">
        {label}
        {optional && <span className="ml-1.5 font-normal text-ink-3">optional</span>}
      </label>
      {children({
        id,
        "aria-describedby": described === "" ? undefined : described,
        "aria-invalid": failed || undefined,
        required: !optional,
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-small text-ink-3">
          {hint}
        </p>
      )}
      <div aria-live="polite">
        {failed && (
          <p id={`${id}-error`} className="flex gap-1.5 text-small text-bad">
            <CircleAlert aria-hidden="true" className="mt-px size-4 shrink-0" />
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
