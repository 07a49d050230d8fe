"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Acts } from "./acts-data.ts";
import { ChangeForm } from "./change-form.tsx";

const WORK: readonly Acts["kind"][] = ["H", "D", "C", "finding"];

/** The entry in the changelog without which something that changes does not close. */
export function ChangePanel({ acts }: { acts: Acts }) {
  const [isOpen, setOpen] = useState(false);
  const entries = acts.links.forth.filter(({ kind }) => kind === "changed_by");
  if (!WORK.includes(acts.kind) || (!acts.isChange && entries.length === 0)) return null;
  const confirmed = entries.some(({ linkState }) => linkState === "confirmed");
  return (
    <Section
      title="Entry in the changelog"
      actions={
        <Button
          size="sm"
          disabledReason={acts.may.addChange.allowed ? null : acts.may.addChange.says}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Add an entry
        </Button>
      }
    >
      {isOpen && <ChangeForm acts={acts} />}
      {confirmed ? (
        <ul className="grid gap-1">
          {entries.map(({ linkId, itemId, code, title }) => (
            <li key={linkId}>
              {itemId === null ? code : <Link href={`/registers/items/${itemId}`}>{code}</Link>} {title}
            </li>
          ))}
        </ul>
      ) : (
        <Notice title="It changes something: it closes only with an entry that says how it is taken back." />
      )}
    </Section>
  );
}
