"use client";

import { ProductMark } from "#components/shell/product-mark.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-3 bg-surface px-4 text-center">
      <ProductMark size={36} />
      <h1 className="mt-2 text-title">This page could not be shown</h1>
      <p className="max-w-105 text-balance text-ink-2">
        Showing a page changes nothing, and a job that runs goes on without it. Try again; if it happens
        again, give the reference below to an administrator.
      </p>
      {error.digest !== undefined && <Code>{error.digest}</Code>}
      <div className="mt-2 flex gap-2">
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
        <ButtonLink href="/inbox">Go to the inbox</ButtonLink>
      </div>
    </main>
  );
}
