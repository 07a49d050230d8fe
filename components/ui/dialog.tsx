"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./class-names.ts";
import { IconButton } from "./icon-button.tsx";

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

const widths = { sm: "max-w-105", md: "max-w-140", lg: "max-w-200" } as const;

type DialogContentProps = {
  title: ReactNode;
  description?: ReactNode;
  /** Actions, the confirming one last. */
  footer?: ReactNode;
  size?: keyof typeof widths;
  children?: ReactNode;
};

export function DialogContent({ title, description, footer, size = "sm", children }: DialogContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-50 animate-appear bg-scrim" />
      <Radix.Content
        {...(description === undefined ? { "aria-describedby": undefined } : {})}
        className={cx(
          "fixed inset-x-3 top-[12vh] z-50 mx-auto flex max-h-[76vh] animate-appear flex-col overflow-hidden rounded-md border border-line-strong bg-raised shadow-overlay focus:outline-none",
          widths[size],
        )}
      >
        <header className="flex items-start gap-3 pr-12 pl-5 pt-4 pb-2">
          <div className="grid min-w-0 flex-1 gap-1">
            <Radix.Title className="text-lead font-medium">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description className="text-ink-2">{description}</Radix.Description>
            )}
          </div>
        </header>
        {children !== undefined && <div className="min-h-0 overflow-y-auto px-5 py-2">{children}</div>}
        {footer !== undefined && (
          <footer className="mt-2 flex flex-wrap justify-end gap-2 border-t border-line bg-canvas px-5 py-3">
            {footer}
          </footer>
        )}
        {/* Last in the order of focus, so that a dialog opens on its first field. */}
        <Radix.Close asChild>
          <IconButton label="Close" size="sm" className="absolute! top-3 right-3">
            <X />
          </IconButton>
        </Radix.Close>
      </Radix.Content>
    </Radix.Portal>
  );
}
