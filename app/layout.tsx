import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./globals.css";

import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { ThemeProvider } from "#components/shell/theme.tsx";
import { ClockProvider } from "#components/ui/clock.tsx";
import { HintLayer } from "#components/ui/hint-layer.tsx";
import { Toaster } from "#components/ui/toaster.tsx";

export const metadata: Metadata = {
  title: { default: "Countersign", template: "%s - Countersign" },
  description: "Gated runbooks, a second person on every change, evidence for every verdict.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f7f9" },
    { media: "(prefers-color-scheme: dark)", color: "#0c0e11" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    // The theme script sets data-theme before hydration, so this element differs from what the server wrote.
    <html lang="en" suppressHydrationWarning>
      <body>
        <ThemeProvider nonce={nonce}>
          <ClockProvider renderedAt={Date.now()}>
            <NuqsAdapter>{children}</NuqsAdapter>
            <HintLayer />
            <Toaster />
          </ClockProvider>
        </ThemeProvider>
      </body>
    </html>
  );
}
