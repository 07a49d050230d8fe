"use client";

import "./globals.css";
import { Button } from "#components/ui/button.tsx";

export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Countersign</title>
        <main className="grid min-h-dvh place-content-center justify-items-center gap-3 bg-surface px-4 text-center">
          <h1 className="text-title">The console could not start on this page</h1>
          <p className="max-w-105 text-balance text-ink-2">
            Nothing was changed. Try again; if it happens again, tell an administrator when it happened.
          </p>
          <Button variant="primary" onClick={reset}>
            Try again
          </Button>
        </main>
      </body>
    </html>
  );
}
