"use client";

import { useState } from "react";
import { holdsPrivateKey } from "#server/domain/secret/schema.ts";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

const DROPPED =
  "This is a private key. It was not sent and is not kept, but treat it as known to others: retire it, make a new key, and paste the file that ends in .pub.";

type KeyFieldProps = { value: string; error: string | null; onChange: (line: string) => void };

/** Takes the line of a .pub file. A private key is dropped before anything is sent. */
export function KeyField({ value, error, onChange }: KeyFieldProps) {
  const [isPrivate, setPrivate] = useState(false);
  return (
    <Field
      label="Public key"
      hint="The one line of a .pub file, such as ~/.ssh/id_ed25519.pub. Security keys and ed25519 are best."
      error={isPrivate ? DROPPED : error}
    >
      {(control) => (
        <Textarea
          {...control}
          mono
          spellCheck={false}
          value={value}
          onChange={({ target }) => {
            const isSecret = holdsPrivateKey(target.value);
            setPrivate(isSecret);
            onChange(isSecret ? "" : target.value);
          }}
        />
      )}
    </Field>
  );
}
