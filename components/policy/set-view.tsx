"use client";

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { PolicyFacts, Writing } from "./policy-data.ts";

type SetProps = { policy: PolicyFacts; writing: Writing; setWriting: (to: Writing) => void };

/** Who asks, about what, and what has to be answered: the standard ones, or one's own. */
export function SetView({ policy, writing, setWriting }: SetProps) {
  const isOwn = writing.set.trim() !== "";
  return (
    <div className="grid grid-cols-1 gap-3">
      <Field
        label="Personas, places and cases"
        optional
        hint={
          isOwn
            ? "A persona has a name and the token document of a sign-in, or its credentials. A place names a domain, a project, a user, a group and a role. A case is PASS, DENY or UNAFFECTED."
            : "The standard ones are asked: those of a domain manager by the standard scs-0302, of a domain's administrator, and of the cloud's operators."
        }
      >
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={16}
            spellCheck={false}
            value={isOwn ? writing.set : policy.standardSet}
            readOnly={!isOwn}
            onChange={(event) => setWriting({ ...writing, set: event.currentTarget.value })}
          />
        )}
      </Field>
      <div>
        {isOwn ? (
          <Button onClick={() => setWriting({ ...writing, set: "" })}>Use the standard ones</Button>
        ) : (
          <Button
            disabledReason={policy.may.save.says}
            onClick={() => setWriting({ ...writing, set: policy.standardSet })}
          >
            Change them
          </Button>
        )}
      </div>
    </div>
  );
}
