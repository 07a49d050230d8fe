"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { EVIDENCE_FILE_MAX_BYTES } from "#server/domain/hand/schema.ts";
import { credentialForm } from "#server/domain/secret/schema.ts";

export interface ChosenFile {
  fileName: string;
  base64: string;
}

type FileFieldProps = { label: string; onChosen: (file: ChosenFile | null) => void };

/** One file that is asked for, looked at before anything of it leaves the browser. */
export function FileField({ label, onChosen }: FileFieldProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const choose = async (file: File | undefined) => {
    const read = file === undefined ? null : await readFile(file);
    setProblem(typeof read === "string" ? read : null);
    onChosen(typeof read === "string" ? null : read);
  };
  return (
    <Field label={label} hint={`At most ${EVIDENCE_FILE_MAX_BYTES / 1024} KiB.`} error={problem}>
      {({ required: _required, ...control }) => (
        <input
          {...control}
          type="file"
          className="field-control w-full px-2.5 py-1.5 text-small"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      )}
    </Field>
  );
}

/** The file as it is sent, or why it is not. */
async function readFile(file: File): Promise<ChosenFile | string> {
  if (file.size > EVIDENCE_FILE_MAX_BYTES) return "The file is too large. It was not read.";
  if (file.size === 0) return "The file is empty.";
  const bytes = new Uint8Array(await file.arrayBuffer());
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const form = credentialForm(latin1);
  if (form !== null) return `There is ${form} in this file. It was not sent.`;
  // A name is kept with the file; what no system agrees on is left out of it.
  const fileName = file.name.replaceAll(/[^A-Za-z0-9 ._()-]/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "file";
  return { fileName: fileName.slice(0, 120), base64: btoa(latin1) };
}
