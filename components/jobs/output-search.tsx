"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, Search } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { InputWithGlyph } from "#components/ui/input.tsx";

const MOST = 1000;

/** Searches the whole output on the server and walks through the lines found. */
export function OutputSearch({ jobId, onLine }: { jobId: string; onLine: (line: number) => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const [at, setAt] = useState(-1);
  const wanted = text.trim();
  const found = useQuery(
    trpc.jobs.searchOutput.queryOptions(
      { jobId, text: wanted },
      { enabled: wanted !== "", placeholderData: (before) => before },
    ),
  );
  const seqs = wanted === "" ? [] : (found.data?.seqs ?? []);

  function go(by: 1 | -1) {
    if (seqs.length === 0) return;
    const next = (at + by + seqs.length) % seqs.length;
    const seq = seqs[at === -1 && by === -1 ? seqs.length - 1 : next];
    if (seq === undefined) return;
    setAt(seqs.indexOf(seq));
    onLine(seq);
  }

  return (
    <search className="flex min-w-0 flex-1 items-center gap-1">
      <InputWithGlyph
        glyph={<Search />}
        className="w-full max-w-64 min-w-28"
        aria-label="Search the output"
        placeholder="Search the output"
        data-search-field=""
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
          if (event.key === "Escape") setText("");
        }}
      />
      {wanted !== "" && (
        <>
          <span role="status" className="tnum text-small whitespace-nowrap text-ink-2">
            {found.error !== null
              ? "Not answered"
              : found.data === undefined
                ? "Searching"
                : seqs.length === 0
                  ? "None"
                  : `${at === -1 ? "" : `${at + 1} of `}${seqs.length}${seqs.length === MOST ? "+" : ""}`}
          </span>
          <IconButton label="Line found before" size="sm" onClick={() => go(-1)}>
            <ChevronUp />
          </IconButton>
          <IconButton label="Next line found" size="sm" onClick={() => go(1)}>
            <ChevronDown />
          </IconButton>
        </>
      )}
    </search>
  );
}
