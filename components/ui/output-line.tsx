import { memo } from "react";
import { cx } from "./class-names.ts";
import { parseSgr } from "./sgr.ts";

type OutputLineProps = {
  /** Counted from 1. */
  number: number;
  text: string | undefined;
  href: string | undefined;
  wrap: boolean;
  marked: boolean;
  digits: number;
};

function OutputLineView({ number, text, href, wrap, marked, digits }: OutputLineProps) {
  const gutter = "tnum shrink-0 pr-3 pl-3 text-right text-ink-3 select-none";
  const width = { width: `calc(${digits}ch + 1.5rem)` };
  return (
    <div
      className={cx("flex hover:bg-hover", wrap ? "w-full" : "w-max min-w-full", marked && "bg-run-soft!")}
    >
      {href === undefined ? (
        <span className={gutter} style={width}>
          {number}
        </span>
      ) : (
        // One tab stop for each visible line would bury what follows; "Go to line" is the way by keyboard.
        <a
          href={href}
          tabIndex={-1}
          data-line={number}
          aria-label={`Line ${number}`}
          aria-current={marked ? "location" : undefined}
          className={cx(gutter, "focus-inset hover:text-accent-ink hover:underline", marked && "text-run!")}
          style={width}
        >
          {number}
        </a>
      )}
      <span className={cx("pr-4", wrap ? "min-w-0 whitespace-pre-wrap wrap-anywhere" : "whitespace-pre")}>
        {text === undefined ? (
          <span className="text-ink-3">{"\u2026"}</span>
        ) : (
          parseSgr(text).map((span, at) =>
            span.escape ? (
              <span
                key={at}
                data-hint="A control character, shown and not obeyed"
                className="rounded-sm bg-unsure-soft text-unsure"
              >
                {span.text}
              </span>
            ) : span.className === "" ? (
              span.text
            ) : (
              <span key={at} className={span.className}>
                {span.text}
              </span>
            ),
          )
        )}
      </span>
    </div>
  );
}

export const OutputLine = memo(OutputLineView);
