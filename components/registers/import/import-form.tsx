"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Chosen } from "./upload.ts";

type ImportFormProps = {
  initialPath: string;
  isPending: boolean;
  onLook: (chosen: Chosen) => void;
};

/** A document as a file or as pasted text, and its path in the team's tree. */
export function ImportForm({ initialPath, isPending, onLook }: ImportFormProps) {
  const [path, setPath] = useState(initialPath);
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [missing, setMissing] = useState<"path" | "text" | null>(null);
  function submit(event: FormEvent) {
    event.preventDefault();
    const bytes = file ?? (text === "" ? null : new Blob([text]));
    const lacks = bytes === null ? "text" : path.trim() === "" ? "path" : null;
    setMissing(lacks);
    if (bytes !== null && lacks === null && !isPending) onLook({ bytes, path: path.trim() });
  }
  return (
    <form noValidate onSubmit={submit} className="grid max-w-160 gap-4">
      <Field
        label="File"
        optional
        hint="A register, a decision log, a changelog, a ledger, or a patch of one; up to 10 MiB."
      >
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".md,.markdown,.txt,.patch,.diff,text/*"
            className="field-control w-full px-2.5 py-1 file:mr-3 file:rounded-sm file:border-0 file:bg-hover file:px-2 file:py-0.5 file:text-ink"
            onChange={({ target }) => {
              const chosen = target.files?.[0] ?? null;
              setFile(chosen);
              if (chosen !== null && path === "")
                setPath(`docs/${chosen.name.replaceAll(/[^A-Za-z0-9._-]/g, "-")}`);
            }}
          />
        )}
      </Field>
      {file === null && (
        <Field
          label="Or paste its text"
          optional
          error={missing === "text" ? "Choose a file or paste a text first." : null}
        >
          {(control) => (
            <Textarea
              {...control}
              mono
              rows={8}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
      )}
      <Field
        label="Path"
        hint="Where it stands in the team's tree; a document that comes again is known by it. A patch names its own."
        error={missing === "path" ? "Say where the document stands, such as docs/handoff.md." : null}
      >
        {(control) => (
          <Input
            {...control}
            mono
            placeholder="docs/handoff.md"
            value={path}
            onChange={({ target }) => setPath(target.value)}
          />
        )}
      </Field>
      <div>
        <Button type="submit" variant="primary" pending={isPending}>
          Show what is in it
        </Button>
      </div>
    </form>
  );
}
