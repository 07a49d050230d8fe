"use client";

import { useState } from "react";
import { CodeBlock } from "#components/ui/code.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { signLines, SYSTEM_WORDS, SYSTEMS, type System } from "./sign-lines.ts";

/** The exact lines to type, for the system that the key is on. */
export function HowToSign({ namespace, file }: { namespace: string; file: string }) {
  const [system, setSystem] = useState<System>("macos");
  const { sign, copy } = signLines(system, { namespace, file });
  return (
    <>
      <RadioGroup<System>
        name="system"
        legend="Where you sign"
        options={SYSTEMS.map((value) => ({ value, label: SYSTEM_WORDS[value] }))}
        value={system}
        onValueChange={setSystem}
      />
      <CodeBlock title="Sign, in the folder of the download" copyText={sign}>
        {sign}
      </CodeBlock>
      <CodeBlock title="Take the signature" copyText={copy}>
        {copy}
      </CodeBlock>
      <p className="max-w-[70ch] text-small text-ink-3">
        Another key is named behind -f. The private key stays where it is: only the signature comes here.
      </p>
    </>
  );
}
