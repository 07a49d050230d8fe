"use client";

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { findPortalHome } from "./portal-home.ts";

type Shown = { anchor: HTMLElement; text: string };

const SHOW_AFTER_MS = 350;
const HIDE_AFTER_MS = 120;
const EDGE = 8;

function hintAt(target: EventTarget | null): Shown | null {
  const anchor = target instanceof Element ? target.closest<HTMLElement>("[data-hint]") : null;
  const text = anchor?.dataset["hint"];
  return anchor !== null && text !== undefined && text !== "" ? { anchor, text } : null;
}

/** One delegated hint for the whole page: a table with thousands of hinted cells costs one listener. */
function useHint() {
  const [shown, setShown] = useState<Shown | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);

  // Synchronises with the document's pointer, focus and key events.
  useEffect(() => {
    const later = (next: Shown | null, ms: number) => {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => setShown(next), ms);
    };
    const over = (event: PointerEvent) => {
      if (event.pointerType === "touch") return;
      if (event.target instanceof Node && box.current?.contains(event.target) === true) {
        window.clearTimeout(timer.current);
        return;
      }
      const hint = hintAt(event.target);
      later(hint, hint === null ? HIDE_AFTER_MS : SHOW_AFTER_MS);
    };
    const focus = (event: FocusEvent) => {
      const hint = hintAt(event.target);
      // A click also focuses; only keyboard focus, or a control that says why it is off, opens the hint at once.
      const wanted =
        hint !== null && (hint.anchor.matches(":focus-visible") || hint.anchor.ariaDisabled === "true");
      later(wanted ? hint : null, 0);
    };
    const hide = () => later(null, 0);
    const scroll = () => {
      // Moving the focus may scroll the page; the hint of the focused control then opens where it came to rest.
      const hint = hintAt(document.activeElement);
      if (hint?.anchor.matches(":focus-visible") === true) {
        setShown(null);
        later(hint, HIDE_AFTER_MS);
      } else hide();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("focusin", focus);
    document.addEventListener("focusout", hide);
    document.addEventListener("scroll", scroll, true);
    document.addEventListener("keydown", key);
    return () => {
      window.clearTimeout(timer.current);
      document.removeEventListener("pointerover", over);
      document.removeEventListener("focusin", focus);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("scroll", scroll, true);
      document.removeEventListener("keydown", key);
    };
  }, []);
  // Synchronises with layout: the box is measured before it is painted, then kept inside the window.
  useLayoutEffect(() => {
    const hint = box.current;
    if (shown === null || hint === null) return;
    const anchor = shown.anchor.getBoundingClientRect();
    const own = hint.getBoundingClientRect();
    const below = anchor.bottom + 6 + own.height < window.innerHeight - EDGE;
    const left = anchor.left + anchor.width / 2 - own.width / 2;
    hint.style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - own.width - EDGE))}px`;
    hint.style.top = `${below ? anchor.bottom + 6 : Math.max(EDGE, anchor.top - own.height - 6)}px`;
    hint.style.visibility = "visible";
  }, [shown]);

  return { shown, box };
}

export function HintLayer() {
  const { shown, box } = useHint();

  if (shown === null) return null;
  return createPortal(
    <div
      ref={box}
      role="tooltip"
      className="pointer-events-auto fixed top-0 left-0 z-70 max-w-80 rounded-md border border-line-strong bg-raised px-2 py-1 text-small text-ink shadow-overlay"
      style={{ visibility: "hidden" }}
    >
      {shown.text}
    </div>,
    findPortalHome() ?? document.body,
  );
}
