"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { credentialForm } from "#server/domain/secret/schema.ts";
import type { HandResult } from "#server/domain/hand/schema.ts";
import { REASON_MAX_BYTES } from "#server/domain/job/limits.ts";
import { type ChosenFile, FileField } from "./file-field.tsx";
import { type PasteDraft, PasteFields, pasteProblem } from "./paste-fields.tsx";
import { Instructions } from "./manual-step.tsx";

type Waiting = NonNullable<JobFacts["hand"]["waiting"]>;

/** The step that a job waits at: what is to be done, by whom, and where it is attested. */
export function HandPanel({ job }: { job: JobFacts }) {
  const { waiting } = job.hand;
  if (waiting === null) return null;
  const { stepId, title, instructions, isFor, differs, may } = waiting;
  const other = differs.length === 0 ? "" : ` Not the same person as: ${differs.join(", ")}.`;
  return (
    <Section
      title={`By hand: ${title}`}
      description={`For ${isFor}.${other} The job waits until it is attested.`}
    >
      <div className="grid gap-4">
        <Instructions text={instructions} label={`Instructions of step ${stepId}`} />
        {may.allowed ? (
          // Another step is another form: nothing of the one before stands in it.
          <Attest key={stepId} job={job} waiting={waiting} />
        ) : (
          <Notice kind="info" title="You cannot attest this step">
            {may.says}
          </Notice>
        )}
      </div>
    </Section>
  );
}

function useAttest(job: JobFacts) {
  const trpc = useTRPC();
  const client = useQueryClient();
  return useMutation(
    trpc.jobs.attestByHand.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id })),
    }),
  );
}

function Attest({ job, waiting }: { job: JobFacts; waiting: Waiting }) {
  const attest = useAttest(job);
  const [note, setNote] = useState("");
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [files, setFiles] = useState<Record<string, ChosenFile>>({});
  const [paste, setPaste] = useState<PasteDraft>({ output: "", exit: "" });
  const { evidence, stepId } = waiting;
  const held = credentialForm([note, paste.output, ...Object.values(texts)].join("\n"));
  const missing = evidence.find(({ name, kind }) =>
    kind === "text" ? (texts[name] ?? "").trim() === "" : files[name] === undefined,
  );
  const common =
    held === null ? (note.trim() === "" ? "Say what you did, or why not." : null) : `There is ${held} in it.`;
  const unpasted = waiting.paste === null ? null : pasteProblem(paste);
  const send = (result: HandResult) => {
    const isPasted = waiting.paste !== null && result === "done";
    const pasted = isPasted ? { pasted: { output: paste.output, exit: Number(paste.exit) } } : {};
    const given = { note, texts, files, ...pasted };
    attest.mutate({ jobId: job.id, stepId, digest: job.digest, result, given });
  };
  return (
    <div className="grid max-w-[70ch] gap-3">
      {waiting.paste !== null && (
        <PasteFields {...waiting.paste} stepId={stepId} draft={paste} onChange={setPaste} />
      )}
      {evidence.map(({ name, kind, asks }) =>
        kind === "text" ? (
          <Field key={name} label={asks}>
            {(control) => (
              <Textarea
                {...control}
                value={texts[name] ?? ""}
                onChange={(event) => setTexts({ ...texts, [name]: event.currentTarget.value })}
              />
            )}
          </Field>
        ) : (
          <FileField
            key={name}
            label={asks}
            onChosen={(file) =>
              setFiles((before) => {
                const { [name]: _old, ...rest } = before;
                return file === null ? rest : { ...rest, [name]: file };
              })
            }
          />
        ),
      )}
      <Field label="Note" hint="What you did and saw, in your words. It goes on record with your name.">
        {(control) => (
          <Textarea
            {...control}
            value={note}
            maxLength={REASON_MAX_BYTES}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        )}
      </Field>
      {held !== null && (
        <Notice kind="danger" title={`There is ${held} in what you entered`}>
          Take it out. Nothing was sent.
        </Notice>
      )}
      <RefusalNotice error={attest.error} />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          pending={attest.isPending}
          disabledReason={
            common ?? unpasted ?? (missing === undefined ? null : `${missing.asks} is missing.`)
          }
          onClick={() => send("done")}
        >
          {waiting.paste === null ? "Attest that it is done" : "Hand in what it printed"}
        </Button>
        <Button pending={attest.isPending} disabledReason={common} onClick={() => send("not_done")}>
          It was not done
        </Button>
      </div>
    </div>
  );
}
