"use client";

import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from "react";
import { cx } from "#components/ui/class-names.ts";
import {
  applySuggestion,
  type KnownOperation,
  suggest,
  type Suggestion,
  type Suggestions,
} from "./suggest.ts";

type Finding = { severity: "error" | "warning"; line: number; says: string };

export interface TextEditorHandle {
  /** Selects the line, or what stands from a column (from 1) to its end. */
  goTo: (line: number, column?: number) => void;
}

type TextEditorProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  findings: readonly Finding[];
  /** What is offered while one writes a step; left out for a text without steps. */
  operations?: readonly KnownOperation[];
  height?: string;
  readOnly?: boolean;
  ref?: Ref<TextEditorHandle>;
};

/** Height of a line in pixels: that of leading-5. */
const LINE_PX = 20;

/** A text with numbered lines, marks where something is wrong, and what may stand at the caret below it. */
export function TextEditor(props: TextEditorProps) {
  const { label, value, onChange, findings, operations, height = "h-[58vh]", readOnly = false, ref } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [caret, setCaret] = useState(0);
  const count = value.split("\n").length;
  const found = readOnly || operations === undefined ? null : suggest(value, caret, operations);
  useImperativeHandle(ref, () => ({
    goTo: (line, column = 1) => {
      const lines = value.split("\n");
      const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      area.current?.focus({ preventScroll: true });
      area.current?.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? 0));
      box.current?.scrollTo({ top: Math.max(0, (line - 4) * LINE_PX) });
    },
  }));
  const take = (suggestion: Suggestion) => {
    if (found === null || area.current === null) return;
    const made = applySuggestion(value, { from: found.from, caret, suggestion });
    onChange(made.text);
    setCaret(made.caret);
    const { current } = area;
    // The caret can be set only once the new text stands in the field.
    requestAnimationFrame(() => {
      current.focus();
      current.setSelectionRange(made.caret, made.caret);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [first] = found?.items ?? [];
    if (first && event.key === " " && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      take(first);
    }
  };
  return (
    <div className="grid min-w-0 gap-2">
      <div
        ref={box}
        className={cx("relative overflow-auto rounded-md border border-line-strong bg-raised", height)}
      >
        <div
          className="relative flex min-w-full font-mono text-small leading-5"
          style={{ height: count * LINE_PX + 16 }}
        >
          <Gutter count={count} findings={findings} />
          <textarea
            ref={area}
            aria-label={label}
            value={value}
            readOnly={readOnly}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            wrap="off"
            onChange={(event) => {
              onChange(event.currentTarget.value);
              setCaret(event.currentTarget.selectionEnd);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionEnd)}
            onKeyDown={onKeyDown}
            className="focus-inset h-full min-w-0 flex-1 resize-none overflow-x-auto overflow-y-hidden bg-transparent py-2 pr-3 pl-2 leading-5 whitespace-pre text-ink outline-none"
          />
        </div>
      </div>
      {operations !== undefined && <Offers found={found} take={take} />}
    </div>
  );
}

/** What may stand at the caret. */
function Offers({ found, take }: { found: Suggestions | null; take: (suggestion: Suggestion) => void }) {
  return (
    <div aria-live="polite" className="flex min-h-7 flex-wrap items-center gap-1.5 text-small text-ink-2">
      {found === null ? (
        <span className="text-ink-3">
          Operations, parameters and values are offered here while you write a step.
        </span>
      ) : (
        found.items.map((suggestion, at) => (
          <button
            key={suggestion.text}
            type="button"
            data-hint={suggestion.says}
            onClick={() => take(suggestion)}
            className={cx(
              "h-6 rounded-sm border border-line bg-sunken px-1.5 font-mono hover:bg-hover",
              at === 0 && "border-line-strong text-ink",
            )}
          >
            {suggestion.text}
          </button>
        ))
      )}
      {found !== null && <span className="text-ink-3">Ctrl Space takes the first</span>}
    </div>
  );
}

function Gutter({ count, findings }: { count: number; findings: readonly Finding[] }) {
  const numbers = Array.from({ length: count }, (_, at) => at + 1).join("\n");
  const marked = new Map(findings.map((one) => [one.line, one]));
  return (
    <div aria-hidden="true" className="sticky left-0 z-10 w-12 shrink-0 border-r border-line bg-sunken py-2">
      {[...marked.values()].map(({ line, severity, says }) => (
        <span
          key={line}
          data-hint={says}
          style={{ top: (line - 1) * LINE_PX + 8 }}
          className={cx("absolute inset-x-0 h-5", severity === "error" ? "bg-bad-soft" : "bg-wait-soft")}
        />
      ))}
      <pre className="relative pr-2 text-right leading-5 text-ink-3">{numbers}</pre>
    </div>
  );
}
