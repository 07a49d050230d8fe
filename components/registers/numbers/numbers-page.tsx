"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { Hash } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import {
  RowLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeaderCell,
  TableRow,
} from "#components/ui/table.tsx";
import { TakeDialog } from "./take-dialog.tsx";

/** The numbers desk: the next free number of every series, over everything that is known. */
export function NumbersPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.numbers.list.queryOptions({}));
  const [isOpen, setOpen] = useState(false);
  const take = (
    <Button
      variant="primary"
      icon={<Hash />}
      disabledReason={data.may.take.allowed ? null : data.may.take.says}
      onClick={() => setOpen(true)}
    >
      Take a number
    </Button>
  );
  return (
    <div>
      <PageHeader
        title="Numbers"
        meta="Next free is one more than the largest that any document names or anybody took. No number is ever given out twice."
        actions={take}
      />
      {data.series.length === 0 ? (
        <EmptyState glyph={<Hash />} title="No numbers yet" action={take}>
          Numbers come in with the documents that name them, and by being taken here before they are written
          down.
        </EmptyState>
      ) : (
        <Table label="Series">
          <TableHead>
            <TableHeaderCell>Series</TableHeaderCell>
            <TableHeaderCell>Next free</TableHeaderCell>
            <TableHeaderCell align="right">Reserved</TableHeaderCell>
            <TableHeaderCell align="right">Provisional</TableHeaderCell>
            <TableHeaderCell align="right">Assigned</TableHeaderCell>
            <TableHeaderCell align="right" hideBelow="md">
              Given up
            </TableHeaderCell>
            <TableHeaderCell align="right" hideBelow="md">
              Contended
            </TableHeaderCell>
          </TableHead>
          <TableBody>
            {data.series.map((one) => (
              <TableRow key={one.series}>
                <TableCell>
                  <RowLink href={`/registers/numbers/${one.series}`} className="font-mono text-small">
                    {one.series}
                  </RowLink>
                </TableCell>
                <TableCell className="font-mono text-small whitespace-nowrap">{one.next}</TableCell>
                <TableCell align="right">{one.reserved}</TableCell>
                <TableCell align="right">{one.provisional}</TableCell>
                <TableCell align="right">{one.assigned}</TableCell>
                <TableCell align="right" hideBelow="md">
                  {one.relinquished}
                </TableCell>
                <TableCell align="right" hideBelow="md">
                  {one.contended}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {isOpen && <TakeDialog series="" close={() => setOpen(false)} />}
    </div>
  );
}
