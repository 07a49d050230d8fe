import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";

type Finding = { severity: "error" | "warning"; line: number; column?: number; says: string };

/** What a reader found, by line; a line can be gone to where there is an editor. */
export function FindingList({
  findings,
  onLine,
}: {
  findings: readonly Finding[];
  onLine?: (line: number, column?: number) => void;
}) {
  if (findings.length === 0) {
    return (
      <p className="flex items-center gap-2 text-ink-2">
        <CircleCheck aria-hidden="true" className="size-4 text-ok-mark" /> Nothing was found.
      </p>
    );
  }
  return (
    <ul aria-label="Findings" className="grid max-h-96 gap-1 overflow-y-auto">
      {findings.map((finding, at) => (
        <li key={`${finding.line} ${at}`} className="flex gap-2">
          {finding.severity === "error" ? (
            <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad-mark" />
          ) : (
            <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-wait-mark" />
          )}
          <span className="sr-only">{finding.severity === "error" ? "Error" : "Warning"}:</span>
          {onLine ? (
            <button
              type="button"
              onClick={() => onLine(finding.line, finding.column)}
              className="tnum min-w-16 shrink-0 self-start rounded-sm text-left whitespace-nowrap text-accent-ink hover:underline"
            >
              Line {placeOf(finding)}
            </button>
          ) : (
            <span className="tnum min-w-16 shrink-0 whitespace-nowrap text-ink-3">
              Line {placeOf(finding)}
            </span>
          )}
          <span className="min-w-0 wrap-anywhere">{finding.says}</span>
        </li>
      ))}
    </ul>
  );
}

const placeOf = ({ line, column }: Finding) => (column === undefined ? line : `${line}:${column}`);
