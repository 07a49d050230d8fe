"use client";

import { useState } from "react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { AnswerChange } from "./answer-mark.tsx";
import type { Analysis } from "./policy-data.ts";

type Cell = Analysis["grid"][number]["cells"][number];
type Chosen = { operation: string; persona: number };

/** Every persona asks every operation about one place: what the answer is, was, and which branch decided. */
export function MatrixView({ analysis }: { analysis: Analysis }) {
  const [place, setPlace] = useState(0);
  const [isChangedOnly, setChangedOnly] = useState(false);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const { personas, places, grid } = analysis;
  const rows = grid
    .map(({ operation, cells }) => ({ operation, cells: cells.filter((cell) => cell.place === place) }))
    .filter(({ cells }) => cells.length > 0 && (!isChangedOnly || cells.some((cell) => cell.isChanged)));
  const shown = rows
    .find(({ operation }) => operation === chosen?.operation)
    ?.cells.find(({ persona }) => persona === chosen?.persona);
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-end gap-4">
        <Field label="About" className="w-64">
          {(control) => (
            <Select
              {...control}
              value={String(place)}
              options={places.map((name, at) => ({ value: String(at), label: name }))}
              onChange={(event) => setPlace(Number(event.currentTarget.value))}
            />
          )}
        </Field>
        <label className="flex h-8 items-center gap-2">
          <input
            type="checkbox"
            checked={isChangedOnly}
            onChange={(event) => setChangedOnly(event.currentTarget.checked)}
          />
          Only what the override changes
        </label>
        <p className="tnum ml-auto text-ink-2">
          {analysis.changed} of {grid.reduce((sum, { cells }) => sum + cells.length, 0)} answers change
        </p>
      </div>
      <Decided analysis={analysis} chosen={chosen} cell={shown ?? null} />
      {rows.length === 0 ? (
        <EmptyState size="line" title="Nothing changes here.">
          The override leaves every answer about this place as it is.
        </EmptyState>
      ) : (
        <Grid rows={rows} personas={personas} chosen={chosen} setChosen={setChosen} />
      )}
    </div>
  );
}

function Grid({
  rows,
  personas,
  chosen,
  setChosen,
}: {
  rows: readonly { operation: string; cells: readonly Cell[] }[];
  personas: readonly string[];
  chosen: Chosen | null;
  setChosen: (to: Chosen) => void;
}) {
  return (
    <Table label="Who may do what" maxHeight="60vh">
      <TableHead>
        <TableHeaderCell>Operation</TableHeaderCell>
        {personas.map((name) => (
          <TableHeaderCell key={name}>{name}</TableHeaderCell>
        ))}
      </TableHead>
      <TableBody>
        {rows.map(({ operation, cells }) => (
          <TableRow key={operation}>
            <TableCell className="font-mono text-small">{operation.replace("identity:", "")}</TableCell>
            {personas.map((name, persona) => {
              const cell = cells.find((one) => one.persona === persona);
              if (cell === undefined) return <TableCell key={name} />;
              const isChosen = chosen?.operation === operation && chosen.persona === persona;
              return (
                <TableCell key={name} className={cell.isChanged ? "bg-wait-soft" : ""}>
                  <button
                    type="button"
                    aria-pressed={isChosen}
                    className="rounded-sm outline-offset-2 aria-pressed:outline-2 aria-pressed:outline-accent"
                    onClick={() => setChosen({ operation, persona })}
                  >
                    <span className="sr-only">
                      Why {operation} as {name} is{" "}
                    </span>
                    <AnswerChange before={cell.before[0]} after={cell.after[0]} />
                  </button>
                </TableCell>
              );
            })}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** The branch that decided, of the answer that was chosen. */
function Decided({
  analysis,
  chosen,
  cell,
}: {
  analysis: Analysis;
  chosen: Chosen | null;
  cell: Cell | null;
}) {
  if (chosen === null || cell === null) {
    return <p className="text-ink-3">Choose an answer to see which branch of the rule decided it.</p>;
  }
  const sides = [
    { word: "Before", answer: cell.before },
    { word: "After", answer: cell.after },
  ];
  return (
    <div aria-live="polite" className="grid gap-1 rounded-md border border-line bg-sunken px-3 py-2">
      <p className="font-medium">
        {chosen.operation} as {analysis.personas[chosen.persona]}
      </p>
      <dl className="grid gap-1">
        {sides.map(({ word, answer: [expect, ours, branch] }) => (
          <div key={word} className="grid gap-x-3 sm:grid-cols-[4rem_minmax(0,1fr)]">
            <dt className="text-ink-3">{word}</dt>
            <dd className="min-w-0">
              <AnswerChange before={expect} after={expect} />
              {expect === "exception" && (
                <span className="text-ink-2"> (by the console&apos;s own reading: {ours})</span>
              )}
              <span className="ml-2 font-mono text-small wrap-anywhere">{analysis.branches[branch]}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
