"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { keyMap } from "./key-map.ts";
import { setSingleKeys, useSingleKeys } from "./single-keys.ts";

type ShortcutsOverlayProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function ShortcutsOverlay({ open, onOpenChange }: ShortcutsOverlayProps) {
  const groups = Map.groupBy(keyMap, (binding) => binding.group);
  const singleKeys = useSingleKeys();
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Keyboard" size="md">
        <div className="gap-x-10 pb-1 sm:columns-2">
          {[...groups].map(([group, bindings]) => (
            <section key={group} aria-label={group} className="break-inside-avoid pb-4">
              <h3 className="pb-1 text-small text-ink-3">{group}</h3>
              <dl>
                {bindings.map(({ keys, label }) => (
                  <div
                    key={keys}
                    className="flex items-center justify-between gap-4 border-b border-line py-1.5 last:border-b-0"
                  >
                    <dt>{label}</dt>
                    <dd>
                      <Kbd keys={keys.startsWith("Mod ") ? `Ctrl ${keys.slice(4).toUpperCase()}` : keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <div className="border-t border-line py-3">
          <Checkbox
            label="Single keys act"
            hint="Turn this off when you dictate or when keys get in your way. Ctrl or Cmd with a key still works."
            checked={singleKeys}
            onChange={(event) => setSingleKeys(event.currentTarget.checked)}
          />
        </div>
      </DialogContent>
    </Dialog>
  );
}
