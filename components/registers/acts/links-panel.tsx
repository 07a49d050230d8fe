"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonDialog } from "#components/jobs/reason-dialog.tsx";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { ITEM_LINKS, type ItemLinkKind, LINK_WORDS } from "#server/domain/item-link/words.ts";
import { type Acts, useActsOver } from "./acts-data.ts";

type LinkRow = Acts["links"]["forth"][number];

/** How it hangs together with others, both ways; what prose proposes is confirmed or dismissed here. */
export function LinksPanel({ acts }: { acts: Acts }) {
  const [isOpen, setOpen] = useState(false);
  const { forth, back } = acts.links;
  const rows = [...forth, ...back];
  return (
    <Section
      title="Hangs together with"
      {...(rows.length === 0 ? {} : { beside: rows.length })}
      actions={
        <Button
          size="sm"
          disabledReason={acts.may.link.allowed ? null : acts.may.link.says}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Tie to another
        </Button>
      }
    >
      {isOpen && <LinkForm acts={acts} onDone={() => setOpen(false)} />}
      {rows.length === 0 ? (
        <p className="text-ink-2">Nothing. Only a confirmed tie holds anything back.</p>
      ) : (
        <ul className="grid grid-cols-1 gap-3">
          {rows.map((row) => (
            <Row key={row.linkId} acts={acts} row={row} isForth={forth.includes(row)} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Row({ acts, row, isForth }: { acts: Acts; row: LinkRow; isForth: boolean }) {
  const trpc = useTRPC();
  const decide = useMutation(trpc.itemActs.decideLink.mutationOptions({ onSettled: useActsOver() }));
  const { linkId, says, code, itemId, title, because, linkState, isSettled } = row;
  const denied = acts.may.link.allowed ? null : acts.may.link.says;
  return (
    <li className="grid gap-1">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 wrap-anywhere">
          <span className="text-ink-2">{says}</span>{" "}
          {itemId === null ? (
            <span className="font-mono text-small">{code}</span>
          ) : (
            <Link href={`/registers/items/${itemId}`}>{code}</Link>
          )}{" "}
          {title ?? "which no register has"} {linkState === "proposed" && <Badge tone="wait">proposed</Badge>}
          {isForth && linkState === "confirmed" && row.kind === "blocked_by" && (
            <Badge tone={isSettled ? "ok" : "bad"}>{isSettled ? "settled" : "holds"}</Badge>
          )}
          <span className="block text-small text-ink-3">{because}</span>
        </span>
        {linkState === "proposed" ? (
          <span className="flex gap-2">
            <Button
              size="sm"
              disabledReason={denied}
              pending={decide.isPending}
              onClick={() => decide.mutate({ linkId, verdict: "confirm", reason: null })}
            >
              Confirm
            </Button>
            <Button
              size="sm"
              disabledReason={denied}
              pending={decide.isPending}
              onClick={() => decide.mutate({ linkId, verdict: "dismiss", reason: null })}
            >
              Dismiss
            </Button>
          </span>
        ) : (
          <ReasonDialog
            label="Untie"
            title={`Untie ${acts.code} and ${code}?`}
            description="A tie that holds something back holds it no longer."
            disabledReason={denied}
            withReason
            isPending={decide.isPending}
            error={decide.error}
            onConfirm={(reason, close) =>
              decide.mutate({ linkId, verdict: "dismiss", reason }, { onSuccess: close })
            }
          />
        )}
      </div>
      {linkState === "proposed" && <RefusalNotice error={decide.error} />}
    </li>
  );
}

function LinkForm({ acts, onDone }: { acts: Acts; onDone: () => void }) {
  const trpc = useTRPC();
  const add = useMutation(
    trpc.itemActs.addLink.mutationOptions({ onSuccess: onDone, onSettled: useActsOver() }),
  );
  const [kind, setKind] = useState<ItemLinkKind>("blocked_by");
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const missing =
    to.trim() === "" ? "Name the other item." : reason.trim() === "" ? "Say why they hang together." : null;
  return (
    <div className="grid gap-4 border-l-2 border-line pl-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={acts.code}>
          {(control) => (
            <Select
              {...control}
              options={ITEM_LINKS.map((value) => ({ value, label: LINK_WORDS[value].forth }))}
              value={kind}
              onChange={(event) =>
                setKind(ITEM_LINKS.find((one) => one === event.currentTarget.value) ?? "blocked_by")
              }
            />
          )}
        </Field>
        <Field label="The other" hint="Its number, such as R-3 or D-064.">
          {(control) => (
            <Input {...control} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
          )}
        </Field>
      </div>
      <ReasonField value={reason} onChange={setReason} />
      <RefusalNotice error={add.error} />
      <Button
        variant="primary"
        className="justify-self-start"
        pending={add.isPending}
        disabledReason={missing}
        onClick={() => add.mutate({ itemId: acts.id, kind, to, toItemId: null, reason })}
      >
        Tie them
      </Button>
    </div>
  );
}
