export type KeyAction =
  | { kind: "go"; href: string }
  | { kind: "move"; by: 1 | -1 }
  | { kind: "native" }
  | { kind: "search" }
  | { kind: "palette" }
  | { kind: "overlay" };

export type KeyBinding = {
  /** Keys after one another, apart by a blank; `Mod` is Ctrl or Cmd held down. */
  keys: string;
  group: "Go to" | "In a list" | "Anywhere";
  label: string;
  action: KeyAction;
};

/** The one list of keys: the handler obeys it and the overlay is drawn from it. */
export const keyMap: readonly KeyBinding[] = [
  { keys: "g i", group: "Go to", label: "Inbox", action: { kind: "go", href: "/inbox" } },
  { keys: "g t", group: "Go to", label: "Tenants", action: { kind: "go", href: "/tenants" } },
  { keys: "g j", group: "Go to", label: "Jobs", action: { kind: "go", href: "/jobs" } },
  { keys: "g r", group: "Go to", label: "Runbooks", action: { kind: "go", href: "/runbooks" } },
  { keys: "g o", group: "Go to", label: "Open items", action: { kind: "go", href: "/registers/items" } },
  { keys: "g p", group: "Go to", label: "Policy", action: { kind: "go", href: "/policy" } },
  { keys: "g s", group: "Go to", label: "Settings", action: { kind: "go", href: "/settings/people" } },
  { keys: "j", group: "In a list", label: "Next row", action: { kind: "move", by: 1 } },
  { keys: "k", group: "In a list", label: "Row before", action: { kind: "move", by: -1 } },
  { keys: "Enter", group: "In a list", label: "Open the row", action: { kind: "native" } },
  { keys: "x", group: "In a list", label: "Select the row", action: { kind: "native" } },
  { keys: "Mod k", group: "Anywhere", label: "Find or do", action: { kind: "palette" } },
  { keys: "/", group: "Anywhere", label: "Search", action: { kind: "search" } },
  { keys: "?", group: "Anywhere", label: "Show these keys", action: { kind: "overlay" } },
  { keys: "Esc", group: "Anywhere", label: "Close what is open", action: { kind: "native" } },
];

export type KeyMatch = { kind: "action"; action: KeyAction } | { kind: "prefix" } | { kind: "none" };

/** What the keys pressed so far mean. `Mod k` is matched by the two words. */
export function matchKeys(pressed: readonly string[], map: readonly KeyBinding[] = keyMap): KeyMatch {
  const typed = pressed.join(" ");
  const hit = map.find((binding) => binding.keys === typed && binding.action.kind !== "native");
  if (hit !== undefined) return { kind: "action", action: hit.action };
  return map.some((binding) => binding.keys.startsWith(`${typed} `)) && !typed.startsWith("Mod")
    ? { kind: "prefix" }
    : { kind: "none" };
}

/** The keys that go to an address, if there are any. */
export function findKeysTo(href: string): string | null {
  return keyMap.find((binding) => binding.action.kind === "go" && binding.action.href === href)?.keys ?? null;
}
