"use client";

import { Download } from "lucide-react";
import { Arc } from "#components/ui/arc.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { DialogContent } from "#components/ui/dialog.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { handoverFile, handoverRows } from "./handover-text.ts";
import { canOpenBoxes, type HandoverSet } from "./open-box.ts";
import type { useHandover } from "./use-handover.ts";

type HandoverDialogProps = {
  slug: string;
  handover: ReturnType<typeof useHandover>;
  /** Asked to go while the set is on screen: say what that means first. */
  isLeaving: boolean;
  setLeaving: (isLeaving: boolean) => void;
  close: () => void;
};

const NO_CRYPTO =
  "This browser opens the box only over HTTPS or on localhost. Open the console at its secure address.";

/** From the explanation to the set on screen. It closes only after a warning once something is revealed. */
export function HandoverDialog({ slug, handover, isLeaving, setLeaving, close }: HandoverDialogProps) {
  const { step, start } = handover;
  const title = `Hand over ${slug}`;

  if (step.kind === "open") {
    return (
      <DialogContent
        title={title}
        size="md"
        description="Shown once, here and now. The console no longer holds any of it."
        footer={
          isLeaving ? (
            <>
              <Button onClick={() => setLeaving(false)}>Back to the set</Button>
              <Button variant="danger" onClick={close}>
                Close and forget it
              </Button>
            </>
          ) : (
            <>
              <Button icon={<Download />} onClick={() => download(slug, step.set)}>
                Download as text
              </Button>
              <Button variant="primary" onClick={() => setLeaving(true)}>
                Done
              </Button>
            </>
          )
        }
      >
        {isLeaving && (
          <Notice kind="warning" live title="Have you kept all of it?" className="mb-3">
            After this dialog is closed nobody can show it again, not even an admin.
          </Notice>
        )}
        <HandoverSetList set={step.set} />
      </DialogContent>
    );
  }
  if (step.kind === "working") {
    return (
      <DialogContent title={title} description="Keep this page open: it holds the only key.">
        <div role="status" className="flex items-start gap-3 py-2">
          <Arc className="mt-0.5 size-4 text-run-mark" />
          <div>
            <p className="font-medium">The runner seals the set to this browser</p>
            <p className="text-ink-2">
              The console destroys its copies when this page has opened the box, and only then is the set
              shown. <Duration since={step.since} /> so far.
            </p>
          </div>
        </div>
      </DialogContent>
    );
  }
  if (step.kind === "failed") {
    return (
      <DialogContent
        title={title}
        footer={
          <Button variant="primary" onClick={close}>
            Close
          </Button>
        }
      >
        <Notice kind="danger" live title="The hand-over did not complete">
          {step.says}
        </Notice>
      </DialogContent>
    );
  }
  return (
    <DialogContent
      title={title}
      description="The set is shown once."
      footer={
        <>
          <Button onClick={close}>Not now</Button>
          <Button
            variant="primary"
            disabledReason={canOpenBoxes() ? null : NO_CRYPTO}
            onClick={() => void start()}
          >
            Reveal the set
          </Button>
        </>
      }
    >
      <ul className="grid list-disc gap-1.5 pl-5">
        <li>
          The runner seals five things to a key that only this page has: dashboard, domain, account, password
          and certificate authority.
        </li>
        <li>They are shown here once. Keep them, and give them to the client by a safe way.</li>
        <li>
          Every sealed secret of this tenant is destroyed as soon as the set is on screen. No stage of it can
          be run again from this console.
        </li>
        <li>The audit records that you revealed it, never what.</li>
      </ul>
    </DialogContent>
  );
}

function HandoverSetList({ set }: { set: HandoverSet }) {
  return (
    <dl className="grid">
      {handoverRows(set).map(({ label, value, absent }) => (
        <div
          key={label}
          className="grid gap-x-3 border-b border-line py-1.5 last:border-b-0 sm:grid-cols-[10rem_minmax(0,1fr)]"
        >
          <dt className="py-0.5 text-ink-3">{label}</dt>
          <dd className="flex min-w-0 items-start justify-between gap-2">
            {value === null ? (
              <span className="py-0.5 text-ink-2">{absent}</span>
            ) : (
              <>
                <Value label={label} value={value} />
                <CopyButton text={value} label={`Copy ${label.toLowerCase()}`} className="shrink-0" />
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const VALUE = "min-w-0 py-0.5 font-mono text-small wrap-anywhere";

/** A certificate is many lines: it scrolls in its own box, also by keyboard. */
function Value({ label, value }: { label: string; value: string }) {
  return value.includes("\n") ? (
    <div
      role="group"
      tabIndex={0}
      aria-label={label}
      className={`focus-inset max-h-40 flex-1 overflow-auto whitespace-pre-wrap ${VALUE}`}
    >
      {value}
    </div>
  ) : (
    <span className={VALUE}>{value}</span>
  );
}

/** Writes the file from memory; it passes no server. */
function download(slug: string, set: HandoverSet): void {
  const url = URL.createObjectURL(new Blob([handoverFile(set)], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${slug}-hand-over.txt`;
  link.click();
  URL.revokeObjectURL(url);
}
