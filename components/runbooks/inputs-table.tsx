import { Code } from "#components/ui/code.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { RunbookInput } from "#server/domain/runbook/runbook.ts";

const TYPES: Record<RunbookInput["type"], string> = {
  slug: "Name",
  cidr: "Network",
  count: "Whole number",
  text: "Text",
};

/** What a person enters before the first stage. */
export function InputsTable({ inputs }: { inputs: readonly RunbookInput[] }) {
  return (
    <Table label="Inputs">
      <TableHead>
        <TableHeaderCell>Input</TableHeaderCell>
        <TableHeaderCell fit hideBelow="md">
          Kind
        </TableHeaderCell>
        <TableHeaderCell fit align="right">
          Default
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {inputs.map((input) => (
          <TableRow key={input.name}>
            <TableCell>
              <span className="font-medium">{input.title}</span> <Code>{`inputs.${input.name}`}</Code>
              <span className="block text-small text-ink-2">{input.hint}</span>
            </TableCell>
            <TableCell fit hideBelow="md" className="text-ink-2">
              {TYPES[input.type]}
            </TableCell>
            <TableCell fit align="right">
              {input.default ?? <span className="text-ink-3">none</span>}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
