"use client";

import { useCallback, useRef, useState } from "react";

const NEAR_END = 24;

/**
 * Whether a scroller should stay at its end while lines arrive. It stops when the reader scrolls up and goes on when
 * the reader is back at the end. The caller calls `toEnd` after content was laid out.
 */
export function useFollow(initially: boolean) {
  const [following, setFollowing] = useState(initially);
  const scroller = useRef<HTMLDivElement>(null);
  const last = useRef({ top: 0, height: 0 });

  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const { scrollTop, scrollHeight, clientHeight } = box;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    // A changed height means that lines were measured or added, not that the reader moved.
    const movedUp = scrollTop < last.current.top - 1 && scrollHeight === last.current.height;
    last.current = { top: scrollTop, height: scrollHeight };
    if (atEnd) setFollowing(true);
    else if (movedUp) setFollowing(false);
  }, []);

  return { scroller, following, setFollowing, toEnd, onScroll };
}
