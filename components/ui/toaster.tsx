"use client";

import { useTheme } from "next-themes";
import { Toaster as Sonner } from "sonner";

const known = { light: "light", dark: "dark" } as const;

export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? known.dark : known.light}
      position="bottom-right"
      visibleToasts={4}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-start gap-2.5 rounded-md border border-line-strong bg-raised px-3 py-2.5 text-base text-ink shadow-overlay font-sans",
          title: "font-medium",
          description: "text-ink-2",
          icon: "mt-0.5 shrink-0 [&_svg]:size-4",
          success: "[&_[data-icon]]:text-ok-mark",
          error: "[&_[data-icon]]:text-bad-mark",
          warning: "[&_[data-icon]]:text-wait-mark",
          info: "[&_[data-icon]]:text-run-mark",
          actionButton: "ml-auto shrink-0 rounded-sm px-1.5 font-medium text-accent-ink hover:underline",
        },
      }}
    />
  );
}
