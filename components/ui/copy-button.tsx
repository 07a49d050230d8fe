"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { cx } from "./class-names.ts";
import { IconButton } from "./icon-button.tsx";

const SHOW_DONE_MS = 1600;

export function CopyButton({
  text,
  label = "Copy",
  className,
}: {
  text: string;
  label?: string;
  className?: string;
}) {
  const [done, setDone] = useState(false);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      window.setTimeout(() => setDone(false), SHOW_DONE_MS);
    } catch {
      // The browser refuses the clipboard without permission or outside a secure context.
      toast.error("The browser did not allow copying. Select the text and copy it by hand.");
    }
  }

  return (
    <>
      <IconButton
        label={label}
        size="sm"
        onClick={() => void copy()}
        className={cx("[&_svg]:size-3.5", className)}
      >
        {done ? <Check className="text-ok-mark" /> : <Copy />}
      </IconButton>
      <span role="status" className="sr-only">
        {done ? "Copied" : ""}
      </span>
    </>
  );
}
