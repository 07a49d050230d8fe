"use client";

import { CircleAlert } from "lucide-react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";

/** Inside the frame: the rail and the palette stay at hand. */
export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div className="mx-auto grid max-w-105 justify-items-center gap-2 px-4 py-16 text-center">
      <CircleAlert aria-hidden="true" className="mb-1 size-7 text-bad-mark" />
      <h1 className="text-lead font-medium">This page could not be shown</h1>
      <p className="text-balance text-ink-2">
        Showing a page changes nothing, and a job that runs goes on without it. Try again; if it happens
        again, give the reference below to an administrator.
      </p>
      {error.digest !== undefined && <Code>{error.digest}</Code>}
      <div className="mt-3 flex gap-2">
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
        <ButtonLink href="/inbox">Go to the inbox</ButtonLink>
      </div>
    </div>
  );
}
