"use client";

import { useRef } from "react";
import { Button } from "#components/ui/button.tsx";

/** Takes the text of a file that a person chooses; nothing is sent anywhere. */
export function FileButton({ label, onText }: { label: string; onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => {
    if (file !== undefined) onText(await file.text());
    // The same file may be chosen again after it was changed.
    if (input.current !== null) input.current.value = "";
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept=".yaml,.yml,.json,text/plain"
        onChange={(event) => void read(event.currentTarget.files?.[0])}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
}
