"use client";

import { useCallback, useEffect, useState } from "react";

const FORM = /^#L(\d{1,9})$/;

function lineOfAddress(): number | null {
  const [, digits] = FORM.exec(window.location.hash) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** The line that the address names (`#L12`), and a way to name another without leaving an entry in the history. */
export function useMarkedLine(): [number | null, (line: number) => void] {
  const [line, setLine] = useState<number | null>(null);
  // Synchronises with the address, which the server does not see the end of.
  useEffect(() => {
    const read = () => setLine(lineOfAddress());
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  const mark = useCallback((to: number) => {
    window.history.replaceState(window.history.state, "", `#L${to}`);
    setLine(to);
  }, []);
  return [line, mark];
}
