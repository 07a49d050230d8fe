import { GateVerdict } from "#components/stages/gate-verdict.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { Json } from "#server/domain/canonical/json.ts";
import type { JobFacts } from "./job-data.ts";

type Evidence = JobFacts["evidence"][number];

function Value({ name, value }: { name: string; value: Json }) {
  if (value === null) return <span className="text-ink-3">none</span>;
  if (typeof value === "object") return <JsonView value={value} title={name} hideTitle maxHeight={240} />;
  return <Mono copy>{String(value)}</Mono>;
}

function Expectations({ evidence, title }: { evidence: Evidence; title: string }) {
  if (evidence.expectations.length === 0) return null;
  return (
    <Table label={`Expectations of ${title}`}>
      <TableHead>
        <TableHeaderCell fit>
          <span className="sr-only">Verdict</span>
        </TableHeaderCell>
        <TableHeaderCell>Must hold</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Expected</TableHeaderCell>
        <TableHeaderCell>Observed</TableHeaderCell>
      </TableHead>
      <TableBody>
        {evidence.expectations.map((one) => (
          <TableRow key={one.that}>
            <TableCell fit>
              <StateMark state={one.passed ? "passed" : "failed"} iconOnly size="sm" />
            </TableCell>
            <TableCell className="font-mono text-small wrap-anywhere">{one.that}</TableCell>
            <TableCell hideBelow="md" className="font-mono text-small wrap-anywhere">
              {one.expected}
            </TableCell>
            <TableCell
              className={`font-mono text-small wrap-anywhere ${one.passed ? "" : "font-medium text-bad"}`}
            >
              {one.observed}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** What was read back: the gate's verdict first, then the values and expectations of each step. */
export function EvidenceTab({ job }: { job: JobFacts }) {
  const { gates, evidence, plan } = job;
  if (gates.length === 0 && evidence.length === 0) {
    return (
      <EmptyState title="No evidence yet">
        After each step the runner reads the result back from the cloud. What it saw, and what the gate made
        of it, is kept here.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-6">
      {gates.map((gate) => (
        <GateVerdict key={gate.id} verdict={gate} />
      ))}
      {evidence.map((one) => {
        const title = plan.steps.find(({ id }) => id === one.stepId)?.words.title ?? one.stepId;
        return (
          <Section
            key={one.id}
            title={title}
            beside={<span className="font-mono text-small">{one.stepId}</span>}
            actions={
              <span className="text-small text-ink-2">
                read back <RelativeTime at={one.at} />
              </span>
            }
          >
            <KeyValueList
              rows={Object.entries(one.values).map(([key, value]) => ({
                key,
                value: <Value name={key} value={value} />,
              }))}
            />
            <Expectations evidence={one} title={title} />
          </Section>
        );
      })}
    </div>
  );
}
