"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownToLine, WrapText } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useLayoutEffect, useState } from "react";
import { Arc } from "./arc.tsx";
import { Button } from "./button.tsx";
import { cx } from "./class-names.ts";
import { IconButton } from "./icon-button.tsx";
import { OutputLine } from "./output-line.tsx";
import { useFollow } from "./use-follow.ts";

const OVERSCAN = 20;
const ROW = 20;
// Firefox lays out nothing beyond about 17.8 million px, so very long output gets lower rows.
const MANY_LINES = 850_000;
const LOW_ROW = 16;

export type LineRange = { start: number; end: number };

type VirtualLinesProps = {
  label: string;
  lineCount: number;
  /** The line at an index counted from 0, or undefined while it is not loaded. */
  getLine: (index: number) => string | undefined;
  /** Called when other lines come into view; `end` is exclusive. */
  onRangeNeeded?: (range: LineRange) => void;
  /** Stays at the end as lines come, until the reader scrolls up. */
  follow?: boolean;
  /** More lines may come: says whether they are followed. */
  live?: boolean;
  /** The address of a line, counted from 1. */
  lineHref?: (line: number) => string;
  /** Scrolled to and set apart, counted from 1. */
  markedLine?: number | null;
  /** Stands at the left of the toolbar: a search field, a step name. */
  toolbar?: ReactNode;
  empty?: ReactNode;
  /** Sets the height; 480 px without it. */
  className?: string;
};

function GoToLine({ lineCount, onGo }: { lineCount: number; onGo: (line: number) => void }) {
  function go(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const line = Number(new FormData(event.currentTarget).get("line"));
    if (Number.isInteger(line) && line >= 1) onGo(Math.min(line, lineCount));
  }
  return (
    <form onSubmit={go} className="max-sm:hidden">
      <input
        name="line"
        inputMode="numeric"
        autoComplete="off"
        aria-label="Go to line"
        placeholder="Line"
        className="field-control tnum h-7 w-20 px-2 text-small"
      />
    </form>
  );
}

export function VirtualLines(props: VirtualLinesProps) {
  const { label, lineCount, getLine, onRangeNeeded, lineHref, markedLine = null } = props;
  const { follow = false, live = follow } = props;
  const { scroller, following, setFollowing, toEnd, onScroll } = useFollow(follow && markedLine === null);
  const [wrap, setWrap] = useState(false);
  const row = lineCount > MANY_LINES ? LOW_ROW : ROW;
  const lines = useVirtualizer({
    count: lineCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => row,
    overscan: OVERSCAN,
    // Lets the server write the first screen of lines before the browser has measured anything.
    initialRect: { width: 800, height: 480 },
  });
  const items = lines.getVirtualItems();
  const start = items[0]?.index ?? 0;
  const end = (items.at(-1)?.index ?? -1) + 1;

  const height = lines.getTotalSize();

  // Synchronises the scroll position with lines that have just been laid out.
  useLayoutEffect(() => {
    if (follow && following) toEnd();
  }, [follow, following, toEnd, lineCount, height]);

  // Tells the source of the lines, which lives outside React, what is on screen.
  useEffect(() => {
    if (end > start) onRangeNeeded?.({ start, end });
  }, [start, end, onRangeNeeded]);

  // Synchronises the scroll position with the line named in the address.
  useEffect(() => {
    if (markedLine !== null) lines.scrollToIndex(markedLine - 1, { align: "center" });
  }, [markedLine, lines]);

  function goTo(line: number) {
    setFollowing(false);
    lines.scrollToIndex(line - 1, { align: "center" });
    // The row exists only after the scroll was carried out.
    window.setTimeout(
      () => scroller.current?.querySelector<HTMLElement>(`[data-line="${line}"]`)?.focus(),
      60,
    );
  }

  return (
    <div
      className={cx(
        "relative flex min-w-0 flex-col overflow-hidden rounded-md border border-line bg-sunken",
        props.className ?? "h-120",
      )}
    >
      <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line bg-canvas px-2 py-1">
        <div className="flex min-w-0 flex-1 items-center gap-2">{props.toolbar}</div>
        <span className="tnum text-small text-ink-2">
          {lineCount.toLocaleString("en")} {lineCount === 1 ? "line" : "lines"}
        </span>
        {live && (
          <span role="status" className="flex items-center gap-1.5 text-small text-run">
            {following ? (
              <>
                <Arc className="size-3.5" /> Following
              </>
            ) : (
              "Paused"
            )}
          </span>
        )}
        <GoToLine lineCount={lineCount} onGo={goTo} />
        <IconButton
          label="Wrap long lines"
          size="sm"
          aria-pressed={wrap}
          onClick={() => {
            setWrap(!wrap);
            lines.measure();
          }}
          className={wrap ? "bg-accent-soft text-accent-ink!" : ""}
        >
          <WrapText />
        </IconButton>
      </div>
      <div
        ref={scroller}
        role="group"
        aria-label={label}
        tabIndex={0}
        onScroll={onScroll}
        className="focus-inset min-h-0 flex-1 overflow-auto overscroll-contain font-mono text-small [overflow-anchor:none]"
        style={{ lineHeight: `${row}px` }}
      >
        {lineCount === 0 && (
          <div className="px-3 py-3 font-sans text-ink-2">{props.empty ?? "No output yet."}</div>
        )}
        <div className="relative w-max min-w-full" style={{ height }}>
          <div
            className={wrap ? "absolute inset-x-0" : "min-w-full"}
            style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}
          >
            {items.map((item) => (
              <div key={item.key} data-index={item.index} ref={wrap ? lines.measureElement : undefined}>
                <OutputLine
                  number={item.index + 1}
                  text={getLine(item.index)}
                  href={lineHref?.(item.index + 1)}
                  wrap={wrap}
                  marked={markedLine === item.index + 1}
                  digits={Math.max(3, String(lineCount).length)}
                />
              </div>
            ))}
          </div>
        </div>
      </div>
      {!following && height > (lines.scrollRect?.height ?? 0) && (
        <Button
          size="sm"
          icon={<ArrowDownToLine />}
          className="absolute! right-4 bottom-4 shadow-overlay"
          onClick={() => {
            if (follow) setFollowing(true);
            lines.scrollToIndex(lineCount - 1, { align: "end" });
          }}
        >
          Jump to end
        </Button>
      )}
    </div>
  );
}
