import { fillKnown, type KnownValues } from "./fill-known.ts";

export const NOTHING_KNOWN: KnownValues = new Map();

/** A text of the runbook with this tenant's values in it; a name without a value yet is set apart. */
export function RunbookText({ children, known }: { children: string; known: KnownValues }) {
  return fillKnown(children, known).map((part, at) =>
    part.kind === "unknown" ? (
      <span
        key={at}
        data-hint={`The tenant's value of ${part.text}`}
        className="rounded-sm bg-run-soft px-0.5 font-mono text-[0.92em] text-run"
      >
        {part.text}
      </span>
    ) : (
      part.text
    ),
  );
}
