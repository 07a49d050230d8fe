"use client";

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { FileButton } from "./file-button.tsx";
import type { Observed, PolicyFacts, Writing } from "./policy-data.ts";

type LiveProps = {
  policy: PolicyFacts;
  writing: Writing;
  setWriting: (to: Writing) => void;
  observed: Observed | null;
};

/** What the override is laid over: read from the cloud where it shows its files, else pasted. */
export function LiveView({ policy, writing, setWriting, observed }: LiveProps) {
  const files = observed?.files ?? null;
  const disabledReason = policy.may.save.says;
  return (
    <div className="grid grid-cols-1 gap-3">
      <Field
        label="The cloud's own policy file"
        optional
        hint="Keystone's policy.yaml or policy.json as it is without the override. Keystone's own rules lie under it; left empty, they alone are in force."
      >
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={14}
            spellCheck={false}
            value={writing.live}
            onChange={(event) => setWriting({ ...writing, live: event.currentTarget.value })}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        <FileButton label="Open a file" onText={(live) => setWriting({ ...writing, live })} />
        {files !== null && (
          <>
            <Button
              disabledReason={disabledReason}
              onClick={() => setWriting({ ...writing, live: files.live })}
            >
              Take what the cloud shows
            </Button>
            {files.override !== "" && (
              <Button
                disabledReason={disabledReason}
                onClick={() => setWriting({ ...writing, source: files.override, live: files.live })}
              >
                Take its override as well
              </Button>
            )}
            <span className="text-ink-2">
              Read by <Link href={`/jobs/${files.jobId}`}>job {files.number}</Link>,{" "}
              <RelativeTime at={files.at} />
            </span>
          </>
        )}
      </div>
    </div>
  );
}
