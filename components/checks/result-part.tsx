"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { VisibleText } from "#components/ui/visible-text.tsx";
import type { Check, CheckRun } from "./check-data.ts";
import { ReasonAct } from "./reason-act.tsx";

/** What the run means: each expectation beside what was seen, or a person's word by the rule of the document. */
export function ResultPart({ check, run }: { check: Check; run: CheckRun }) {
  const trpc = useTRPC();
  const passed = useMutation(trpc.checks.record.mutationOptions({}));
  const failed = useMutation(trpc.checks.record.mutationOptions({}));
  const { rule, results, may, runs } = check;
  const result = results.find(({ runId }) => runId === run.id);
  const newest = runs.find(({ ending }) => ending === "exited");
  const isToJudge = run.ending === "exited" && !run.isJudged && run.isOfThisBlock && newest?.id === run.id;
  const why = may.record.allowed ? null : may.record.says;
  return (
    <div className="grid gap-3">
      {rule !== null && (
        <Notice title="Rule on result">
          <p className="whitespace-pre-wrap">
            <VisibleText>{rule}</VisibleText>
          </p>
        </Notice>
      )}
      {run.assertions !== null && (
        <ul aria-label="What was expected" className="grid gap-1.5">
          {run.assertions.map(({ expected, observed, holds }, at) => (
            <li key={at} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <StateMark state={holds ? "passed" : "failed"} size="sm" />
              <span className="wrap-anywhere">{expected}</span>
              <span className="wrap-anywhere text-ink-2">observed: {observed}</span>
            </li>
          ))}
        </ul>
      )}
      {result !== undefined && (
        <p className="text-ink-2">
          Recorded as {result.outcome} by {result.by} <RelativeTime at={result.at} />: {result.reason}. It
          counts until <RelativeTime at={result.countsUntil} />.
        </p>
      )}
      {!run.isOfThisBlock && (
        <Notice
          kind="warning"
          title="This run was of another block, host or parameters than the check has now."
        >
          It says nothing about the check as it is. Have it attested, and run it again.
        </Notice>
      )}
      {isToJudge && (
        <div className="grid gap-2 lg:grid-cols-2">
          <ReasonAct
            label="Record passed"
            hint="By the rule on the result; this run is the evidence."
            disabledReason={why}
            isPending={passed.isPending}
            error={passed.error}
            onAct={(reason) => passed.mutate({ runId: run.id, outcome: "passed", reason })}
          />
          <ReasonAct
            label="Record failed"
            hint="What is not as it should be."
            disabledReason={why}
            isPending={failed.isPending}
            error={failed.error}
            onAct={(reason) => failed.mutate({ runId: run.id, outcome: "failed", reason })}
          />
        </div>
      )}
    </div>
  );
}
