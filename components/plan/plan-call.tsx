import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { KeyValueList, type KeyValueRow } from "#components/ui/key-value.tsx";
import { ReferenceText } from "#components/ui/reference-text.tsx";
import { VisibleText } from "#components/ui/visible-text.tsx";
import type { PlannedCall } from "#server/domain/plan/plan.ts";

/** Codes of RFC 9110, section 15, in the words that matter here. */
const STATUS_WORDS: Record<number, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No content",
  400: "Bad request",
  403: "Forbidden",
  404: "Not found",
  409: "Conflict",
};

function named(values: Record<string, string>): ReactNode {
  return (
    <span className="grid gap-0.5 font-mono text-small">
      {Object.entries(values).map(([name, at]) => (
        <span key={name} className="break-all">
          <VisibleText>{name}</VisibleText>{" "}
          <span className="text-ink-3">
            <VisibleText>{at}</VisibleText>
          </span>
        </span>
      ))}
    </span>
  );
}

function factsOf(call: PlannedCall, revert: string | null): KeyValueRow[] {
  if (call.method === "RUN") {
    const words = "Nobody can know what it did. Two people settle it, and it is not run again.";
    return [{ key: "If the connection is lost", value: words }];
  }
  const rows: KeyValueRow[] = [
    {
      key: "Expected answer",
      value: call.accept.map((status) => `${status} ${STATUS_WORDS[status] ?? ""}`.trim()).join(" or "),
    },
  ];
  if (Object.keys(call.headers).length > 0) rows.push({ key: "Headers", value: named(call.headers) });
  if (Object.keys(call.captures).length > 0) {
    rows.push({ key: "Taken from the answer", value: named(call.captures) });
  }
  if (Object.keys(call.seals).length > 0) {
    rows.push({ key: "Sealed at once", value: named(call.seals) });
  }
  rows.push({
    key: "If the answer is lost",
    value:
      call.probe === null ? (
        "Nobody can know whether it took. Two people settle it."
      ) : (
        <>
          Looked up with{" "}
          <span className="font-mono text-small break-all">
            GET <ReferenceText>{call.probe.path}</ReferenceText>
          </span>
        </>
      ),
  });
  if (revert !== null) rows.push({ key: "To undo the step", value: <VisibleText>{revert}</VisibleText> });
  return rows;
}

type PlanCallProps = {
  call: PlannedCall;
  /** How to undo the step that the call belongs to, in words. */
  revert?: string | null;
  /** Stands before the line: a box to tick. */
  lead?: ReactNode;
  open?: boolean;
};

/** One call of a plan: a line that opens to the exact body, the expected answers and the way back. */
export function PlanCall({ call, revert = null, lead, open = false }: PlanCallProps) {
  return (
    <div className="flex min-w-0 items-start gap-2 py-1" data-call={call.id}>
      {lead !== undefined && <span className="flex h-6 shrink-0 items-center">{lead}</span>}
      <details open={open} className="group/call min-w-0 flex-1">
        <summary className="flex min-h-6 list-none items-start gap-1.5 rounded-sm hover:bg-hover [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden="true"
            className="mt-1 size-4 shrink-0 text-ink-3 transition-transform group-open/call:rotate-90"
          />
          <span className="min-w-0 flex-1 py-0.5 font-mono text-small leading-5 wrap-anywhere">
            <span className="font-medium">{call.method}</span>{" "}
            <span className="text-ink-3">{call.service}</span> <ReferenceText>{call.path}</ReferenceText>
          </span>
          {call.effect === "destroy" && <EffectBadge effect="destroy" />}
        </summary>
        <div className="grid gap-3 pt-2 pb-3 pl-5.5">
          {call.method === "RUN" ? (
            <p className="text-ink-2">Given to bash on the host, as it stands above.</p>
          ) : call.body === null ? (
            <p className="text-ink-2">Sent without a body.</p>
          ) : (
            <JsonView value={call.body} title="Body" maxHeight={360} />
          )}
          <KeyValueList rows={factsOf(call, revert)} className="text-small" />
        </div>
      </details>
    </div>
  );
}
