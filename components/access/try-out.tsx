"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

const EXAMPLE = `{
  "subject": { "id": "agt-state-hub-bridge", "type": "agt" },
  "action": "sign",
  "resource": {
    "id": "ssh-cert:actor/agt-state-hub-bridge",
    "type": "ssh-certificate",
    "system": "ops-warden"
  },
  "context": {
    "actor_type": "agt",
    "principals": ["agt-task-bridge"],
    "pubkey_fingerprint": "SHA256:example",
    "ttl_hours": 2
  }
}`;

/** Asks a question without anything following from the answer. */
export function TryOut({ cannot }: { cannot: string | null }) {
  const trpc = useTRPC();
  const [text, setText] = useState(EXAMPLE);
  const [asked, setAsked] = useState<string | null>(null);
  const answer = useQuery(
    trpc.access.tryOut.queryOptions({ text: asked ?? "" }, { enabled: asked !== null }),
  );
  return (
    <Section
      title="Try one out"
      description="The same question as over HTTP, answered by the same code. It is not logged, and nothing follows from it."
    >
      <div className="grid gap-4 lg:grid-cols-2">
        <div className="grid content-start gap-3">
          <Field label="Request">
            {(control) => (
              <Textarea
                {...control}
                rows={17}
                spellCheck={false}
                className="font-mono"
                value={text}
                onChange={({ target }) => setText(target.value)}
              />
            )}
          </Field>
          <div>
            <Button disabledReason={cannot} pending={answer.isFetching} onClick={() => setAsked(text)}>
              Ask
            </Button>
          </div>
        </div>
        <div className="grid content-start gap-3">
          <RefusalNotice error={answer.error} />
          {answer.data?.kind === "refused" && (
            <Notice kind="danger" title={`${answer.data.field}: ${answer.data.says}`} live />
          )}
          {answer.data?.kind === "answered" && <JsonView title="Envelope" value={answer.data.envelope} />}
        </div>
      </div>
    </Section>
  );
}
