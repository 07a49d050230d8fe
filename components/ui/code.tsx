import type { ReactNode } from "react";
import { cx } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";

/** Code, an identifier or a path inside a sentence. */
export function Code({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <code
      className={cx(
        "rounded-sm border border-line bg-sunken px-1 py-px text-[0.92em] break-words text-ink",
        className,
      )}
    >
      {children}
    </code>
  );
}

type CodeBlockProps = {
  /** Names the block for assistive technology and, unless hidden, in its head. */
  title: string;
  hideTitle?: boolean;
  /** What the copy button copies; without it there is none. */
  copyText?: string;
  /** Long content scrolls inside this height. */
  maxHeight?: number;
  children: ReactNode;
};

/** Monospaced content in a frame: scrolls by itself, reachable by keyboard, copyable. */
export function CodeBlock({ title, hideTitle = false, copyText, maxHeight, children }: CodeBlockProps) {
  const copy = copyText !== undefined && <CopyButton text={copyText} label={`Copy ${title}`} />;
  return (
    <figure className="relative min-w-0 overflow-hidden rounded-md border border-line bg-sunken">
      {!hideTitle && (
        <figcaption className="flex h-8 items-center justify-between gap-2 border-b border-line pr-0.5 pl-3 text-small text-ink-2">
          <span className="truncate">{title}</span>
          {copy}
        </figcaption>
      )}
      {hideTitle && copy !== false && <div className="absolute top-0.5 right-0.5">{copy}</div>}
      <pre
        tabIndex={0}
        role="group"
        aria-label={title}
        style={maxHeight === undefined ? undefined : { maxHeight }}
        className="focus-inset overflow-auto px-3 py-2 text-small leading-5"
      >
        {children}
      </pre>
    </figure>
  );
}
