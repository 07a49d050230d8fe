"use client";

import NextLink from "next/link";
import { type ComponentProps, type MouseEvent, type ReactNode, useId } from "react";
import { Arc } from "./arc.tsx";
import { cx } from "./class-names.ts";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

const base =
  "relative inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors aria-disabled:cursor-not-allowed [&_svg]:size-4 [&_svg]:shrink-0";

const sizes: Record<ButtonSize, string> = {
  sm: "h-7 px-2 text-small",
  md: "h-8 px-3 text-base",
  lg: "h-10 px-4 text-prose",
};

const live: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border-line-strong bg-raised text-ink hover:bg-hover",
  ghost: "border-transparent text-ink-2 hover:bg-hover hover:text-ink",
  danger: "border-transparent bg-danger text-on-accent hover:bg-danger-hover",
};

const off: Record<ButtonVariant, string> = {
  primary: "border-line bg-hover text-ink-3",
  secondary: "border-line bg-hover text-ink-3",
  ghost: "border-transparent text-ink-3",
  danger: "border-line bg-hover text-ink-3",
};

type Look = { variant?: ButtonVariant; size?: ButtonSize; icon?: ReactNode };

export type ButtonProps = Omit<ComponentProps<"button">, "disabled"> &
  Look & {
    /** Why it cannot be used now and who could. The button stays reachable by keyboard and explains itself. */
    disabledReason?: string | null | undefined;
    /** The click is being carried out: shows the arc and refuses a second click. */
    pending?: boolean;
  };

export function Button(props: ButtonProps) {
  const { variant = "secondary", size = "md", icon, disabledReason, pending = false, ...rest } = props;
  const { className, children, onClick, type = "button", ...native } = rest;
  const reasonId = useId();
  const refused = disabledReason !== undefined && disabledReason !== null;
  const inert = refused || pending;

  function click(event: MouseEvent<HTMLButtonElement>) {
    if (inert) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    onClick?.(event);
  }

  return (
    <button
      {...native}
      type={type}
      onClick={click}
      aria-disabled={inert || undefined}
      aria-busy={pending || undefined}
      aria-describedby={refused ? reasonId : native["aria-describedby"]}
      data-hint={disabledReason ?? undefined}
      className={cx(base, sizes[size], refused ? off[variant] : live[variant], className)}
    >
      {pending ? <Arc className="size-4" /> : icon}
      {children}
      {refused && (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      )}
    </button>
  );
}

/** A link that looks like a button, for going somewhere. */
export function ButtonLink(props: ComponentProps<typeof NextLink> & Look) {
  const { variant = "secondary", size = "md", icon, className, children, ...link } = props;
  return (
    <NextLink {...link} className={cx(base, sizes[size], live[variant], className)}>
      {icon}
      {children}
    </NextLink>
  );
}
