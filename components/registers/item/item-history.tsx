"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ItemEvents } from "#components/registers/board/board-data.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { VisibleText } from "#components/ui/visible-text.tsx";

const ACT_WORDS: Record<string, string> = {
  imported: "imported it",
  created: "wrote it",
  edited: "edited it",
  moved: "moved it",
  ruled: "ruled on it",
  ticked: "ticked a point",
  linked: "linked it",
  checked: "recorded a result",
  fired: "its trigger fired",
  removed: "took it out",
};

/** Every change of an item, newest first: who, when, what it was and what it became. */
export function ItemHistory({ itemId }: { itemId: string }) {
  const trpc = useTRPC();
  const [before, setBefore] = useState<number | null>(null);
  const { data } = useQuery(trpc.items.history.queryOptions({ itemId, before }));
  if (data === undefined) return <SkeletonLines lines={4} label="Reading the history" />;
  return (
    <div className="grid gap-4">
      <ol className="grid gap-4">
        {data.events.map((event) => (
          <li key={event.revision} className="grid gap-1">
            <p>
              <span className="tnum text-ink-3">{event.revision}.</span>{" "}
              <span className="font-medium">{event.personName ?? "The console"}</span>{" "}
              {ACT_WORDS[event.act] ?? event.act} <RelativeTime at={event.at} className="text-ink-2" />
            </p>
            {event.reason !== null && event.reason !== "" && <p className="text-ink-2">{event.reason}</p>}
            <Changes changes={event.changes} />
          </li>
        ))}
      </ol>
      <div className="flex gap-2">
        {before !== null && <Button onClick={() => setBefore(null)}>Newest</Button>}
        {data.nextBefore !== null && <Button onClick={() => setBefore(data.nextBefore)}>Older</Button>}
      </div>
    </div>
  );
}

function Changes({ changes }: { changes: ItemEvents[number]["changes"] }) {
  if (changes.length === 0) return null;
  return (
    <dl className="grid gap-2 border-l-2 border-line pl-3">
      {changes.map(({ field, from, to }) => (
        <div key={field} className="grid gap-0.5">
          <dt className="text-small text-ink-3">{field}</dt>
          {from !== null && (
            <dd className="wrap-anywhere whitespace-pre-wrap text-ink-2">
              <span className="sr-only">Was: </span>
              <del className="decoration-ink-3">
                <VisibleText>{from}</VisibleText>
              </del>
            </dd>
          )}
          <dd className="wrap-anywhere whitespace-pre-wrap">
            <span className="sr-only">Is: </span>
            {to === null ? <span className="text-ink-3">nothing</span> : <VisibleText>{to}</VisibleText>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
