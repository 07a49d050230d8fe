import type { ReactNode } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { cx } from "./class-names.ts";

const square = { sm: "w-7", md: "w-8", lg: "w-10" } as const;

type IconButtonProps = Omit<ButtonProps, "children" | "icon" | "aria-label"> & {
  /** The accessible name, also shown as the hint. */
  label: string;
  children: ReactNode;
};

export function IconButton({ label, className, children, size = "md", ...rest }: IconButtonProps) {
  return (
    <Button
      variant="ghost"
      data-hint={label}
      {...rest}
      size={size}
      aria-label={label}
      className={cx(square[size], "px-0!", className)}
    >
      {children}
    </Button>
  );
}
