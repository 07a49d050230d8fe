"use client";

import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { type Check, type CheckRun, markOfRun } from "./check-data.ts";
import { ResultPart } from "./result-part.tsx";
import { RunOutput } from "./run-output.tsx";

function RunFacts({ run }: { run: CheckRun }) {
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateMark {...markOfRun(run)} />
        <span className="text-ink-2">
          asked by {run.requester} <RelativeTime at={run.requestedAt} />, on {run.hostName} as {run.identity}
        </span>
      </div>
      {run.says !== null && <p className="text-ink-2">{run.says}</p>}
      {Object.entries(run.parameters).map(([name, value]) => (
        <p key={name} className="text-small text-ink-2">
          <code>
            {name}={value}
          </code>
        </p>
      ))}
      {run.isTruncated === true && <p className="text-wait">Some of the output was left out.</p>}
      {run.observed !== null && (
        <p className="text-small wrap-anywhere text-ink-3">Observed: {run.observed}</p>
      )}
    </div>
  );
}

/** Running the check, the run that is looked at with its output, and what it means. */
export function RunPart({ check }: { check: Check }) {
  const trpc = useTRPC();
  const [values, setValues] = useState<Record<string, string>>({});
  const [chosen, setChosen] = useState<string | null>(null);
  const start = useMutation(trpc.checks.run.mutationOptions({ onSuccess: () => setChosen(null) }));
  const cancel = useMutation(trpc.checks.cancel.mutationOptions({}));
  const { runs, may, item, digest, settings } = check;
  const run = runs.find(({ id }) => id === chosen) ?? runs[0];
  return (
    <Section title="Run">
      <div className="grid gap-4">
        {settings.parameters.length > 0 && (
          <div className="grid gap-3 sm:grid-cols-2">
            {settings.parameters.map(({ name, type }) => (
              <Field key={name} label={name} hint={type}>
                {(control) => (
                  <Input
                    {...control}
                    value={values[name] ?? ""}
                    onChange={({ target }) => setValues({ ...values, [name]: target.value })}
                  />
                )}
              </Field>
            ))}
          </div>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            icon={<Play />}
            pending={start.isPending}
            disabledReason={may.run.allowed ? null : may.run.says}
            onClick={() => start.mutate({ itemId: item.id, digest: digest ?? "", parameters: values })}
          >
            Run
          </Button>
          {run !== undefined && run.state !== "finished" && (
            <Button
              pending={cancel.isPending || run.cancelRequestedAt !== null}
              disabledReason={may.cancel.allowed ? null : may.cancel.says}
              onClick={() => cancel.mutate({ runId: run.id })}
            >
              Cancel
            </Button>
          )}
          {!may.run.allowed && <p className="text-ink-2">{may.run.says}</p>}
        </div>
        <RefusalNotice error={start.error ?? cancel.error} />
        {run === undefined ? (
          <EmptyState title="It has not run yet">What it prints appears here as it prints it.</EmptyState>
        ) : (
          <>
            <RunFacts run={run} />
            <RunOutput key={run.id} run={run} />
            <ResultPart check={check} run={run} />
          </>
        )}
        {runs.length > 1 && (
          <details>
            <summary className="cursor-pointer text-ink-2">Runs ({runs.length})</summary>
            <ul className="grid gap-1 pt-2">
              {runs.map((one) => (
                <li key={one.id} className="flex flex-wrap items-center gap-x-3">
                  <StateMark {...markOfRun(one)} size="sm" />
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-pressed={one.id === run?.id}
                    onClick={() => setChosen(one.id)}
                  >
                    <RelativeTime at={one.requestedAt} /> by {one.requester}
                  </Button>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </Section>
  );
}
