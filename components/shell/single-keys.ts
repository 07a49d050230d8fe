"use client";

import { useSyncExternalStore } from "react";

const STORED_AS = "countersign.single-keys";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export function areSingleKeysOn(): boolean {
  return window.localStorage.getItem(STORED_AS) !== "off";
}

export function setSingleKeys(on: boolean): void {
  window.localStorage.setItem(STORED_AS, on ? "on" : "off");
  for (const listener of listeners) listener();
}

/** Whether keys without a modifier act. WCAG 2.2, 2.1.4: a person who dictates must be able to turn them off. */
export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, areSingleKeysOn, () => true);
}
