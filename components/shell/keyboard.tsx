"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef } from "react";
import { type KeyAction, matchKeys } from "./key-map.ts";
import { areSingleKeysOn } from "./single-keys.ts";

const SEQUENCE_MS = 1200;

type KeyboardProps = { onPalette: () => void; onOverlay: () => void };

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select, [role='menu'] *, [role='menu']"))
  );
}

function isDialogOpen(): boolean {
  return document.querySelector("[role='dialog'], [role='alertdialog']") !== null;
}

/** Moves the focus between the row links of the page; from nowhere, to the first or the last one. */
function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-nav-row]")].filter(
    (row) => row.offsetParent !== null,
  );
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at === -1 ? (by === 1 ? rows[0] : rows.at(-1)) : rows[at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Obeys the key map on the whole page. Renders nothing. */
export function Keyboard({ onPalette, onOverlay }: KeyboardProps) {
  const router = useRouter();
  const sequence = useRef<{ keys: string[]; at: number }>({ keys: [], at: 0 });

  function act(action: KeyAction): void {
    switch (action.kind) {
      case "go":
        return router.push(action.href);
      case "move":
        return moveRow(action.by);
      case "palette":
        return onPalette();
      case "overlay":
        return onOverlay();
      case "search": {
        const field = document.querySelector<HTMLElement>("[data-search-field]");
        return field === null ? onPalette() : field.focus();
      }
      case "native":
        return;
    }
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const held = event.metaKey || event.ctrlKey;
    if (!held && (isTyping(event.target) || isDialogOpen() || !areSingleKeysOn())) return;
    if (event.key === "Shift") return;
    const now = event.timeStamp;
    const before = !held && now - sequence.current.at < SEQUENCE_MS ? sequence.current.keys : [];
    const pressed = held ? ["Mod", event.key.toLowerCase()] : [...before, event.key];
    const match = matchKeys(pressed);
    sequence.current = { keys: match.kind === "prefix" ? pressed : [], at: now };
    if (match.kind !== "action") return;
    event.preventDefault();
    act(match.action);
  });

  // Synchronises with the document's key events.
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  return null;
}
