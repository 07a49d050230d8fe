"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./class-names.ts";
import { IconButton } from "./icon-button.tsx";

export const Sheet = Radix.Root;
export const SheetTrigger = Radix.Trigger;
export const SheetClose = Radix.Close;

const places = {
  right: "inset-y-0 right-0 w-full border-l md:w-120 md:max-w-[90vw] animate-slide-in",
  bottom: "inset-x-0 bottom-0 max-h-[85vh] rounded-t-md border-t animate-appear",
} as const;

type SheetContentProps = {
  title: ReactNode;
  description?: ReactNode;
  side?: keyof typeof places;
  footer?: ReactNode;
  children: ReactNode;
};

/** A drawer beside the page: details of one thing while the list stays in view. */
export function SheetContent({ title, description, side = "right", footer, children }: SheetContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-50 animate-appear bg-scrim" />
      <Radix.Content
        {...(description === undefined ? { "aria-describedby": undefined } : {})}
        className={cx(
          "fixed z-50 flex flex-col border-line-strong bg-raised shadow-overlay focus:outline-none",
          places[side],
        )}
      >
        <header className="flex items-start gap-3 border-b border-line py-3 pr-12 pl-5">
          <div className="grid min-w-0 flex-1 gap-0.5">
            <Radix.Title className="text-lead font-medium">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description className="text-ink-2">{description}</Radix.Description>
            )}
          </div>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
        {footer !== undefined && (
          <footer className="flex justify-end gap-2 border-t border-line bg-canvas px-5 py-3">
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
