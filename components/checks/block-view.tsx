import { Mono } from "#components/ui/mono.tsx";
import { VisibleText } from "#components/ui/visible-text.tsx";
import type { Check } from "./check-data.ts";

/** The block as it would run, byte for byte, with every character that the eye would miss written out. */
export function BlockView({ check: { block, host, digest } }: { check: Check }) {
  if (block === null) return null;
  const lines = block.script.split("\n");
  return (
    <figure className="grid gap-2">
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2">
        <span>
          CHECK (read-only) on <span className="font-medium text-ink">{host?.name ?? block.hostLabel}</span>
        </span>
        {host !== null && (
          <span>
            as <Mono>{host.identity}</Mono>
          </span>
        )}
        <span>
          {new TextEncoder().encode(block.script).length} bytes, bash, <code>set -euo pipefail</code>
        </span>
      </figcaption>
      <pre
        aria-label="Text of the block"
        // Scrollable by keyboard where a line is longer than the page.
        tabIndex={0}
        className="overflow-x-auto rounded-md border border-line bg-sunken py-2 font-mono text-small"
      >
        {lines.map((line, at) => (
          <span key={at} className="flex">
            <span aria-hidden="true" className="w-10 shrink-0 pr-3 text-right text-ink-3 select-none">
              {at + 1}
            </span>
            <span className="pr-3 whitespace-pre">
              <VisibleText>{line}</VisibleText>
              {"\n"}
            </span>
          </span>
        ))}
      </pre>
      {digest !== null && (
        <p className="text-small wrap-anywhere text-ink-3">
          Digest of text, host, account and parameters: <Mono>{digest}</Mono>
        </p>
      )}
    </figure>
  );
}
