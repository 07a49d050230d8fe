import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { AnswerMark } from "./answer-mark.tsx";
import type { Analysis, Observed } from "./policy-data.ts";

type Result = Observed["results"][number];

const keyOf = ({ persona, operation, place }: { persona: string; operation: string; place: string }) =>
  [persona, operation, place].join("\n");

/** The cases that a release is taken by, simulated and as the cloud answered them; then every difference between the two. */
export function CasesView({ analysis, observed }: { analysis: Analysis; observed: Observed | null }) {
  const seen = new Map((observed?.results ?? []).map((result) => [keyOf(result), result]));
  const { cases } = analysis;
  const holding = cases.filter(({ holds }) => holds).length;
  return (
    <div className="grid grid-cols-1 gap-6">
      <Section
        title="Acceptance cases"
        beside={`${holding} of ${cases.length} hold in the simulation`}
        description="PASS has to be allowed, DENY refused, and UNAFFECTED is what the cloud's operators keep."
      >
        {cases.length === 0 ? (
          <EmptyState size="line" title="No cases.">
            Write some under Personas and places.
          </EmptyState>
        ) : (
          <CaseTable cases={cases} seen={seen} />
        )}
      </Section>
      <Observations observed={observed} />
    </div>
  );
}

function CaseTable({ cases, seen }: { cases: Analysis["cases"]; seen: ReadonlyMap<string, Result> }) {
  return (
    <Table label="Acceptance cases" maxHeight="60vh">
      <TableHead>
        <TableHeaderCell>Case</TableHeaderCell>
        <TableHeaderCell>Who</TableHeaderCell>
        <TableHeaderCell>Asks for</TableHeaderCell>
        <TableHeaderCell>About</TableHeaderCell>
        <TableHeaderCell>Simulated</TableHeaderCell>
        <TableHeaderCell>Observed</TableHeaderCell>
      </TableHead>
      <TableBody>
        {cases.map((one) => (
          <TableRow key={`${one.group} ${keyOf(one)}`}>
            <TableCell>{one.group}</TableCell>
            <TableCell>{one.persona}</TableCell>
            <TableCell className="font-mono text-small">{one.operation.replace("identity:", "")}</TableCell>
            <TableCell>{one.place}</TableCell>
            <TableCell>
              <Verdict holds={one.holds} kind={one.answer?.expect ?? null} />
            </TableCell>
            <TableCell>
              <Seen result={seen.get(keyOf(one)) ?? null} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Verdict({ holds, kind }: { holds: boolean; kind: "allow" | "deny" | "exception" | null }) {
  return (
    <span className="inline-flex items-center gap-2">
      <StateMark state={holds ? "passed" : "failed"} size="sm" />
      {kind !== null && <AnswerMark kind={kind} />}
    </span>
  );
}

function Seen({ result }: { result: Result | null }) {
  if (result === null) return <StateMark state="never_run" size="sm" label="Never asked" />;
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Verdict holds={result.holds} kind={result.observed} />
      <Link href={`/jobs/${result.jobId}?tab=evidence`}>Job {result.number}</Link>
      <span className="text-ink-3">
        <RelativeTime at={result.at} />
      </span>
    </span>
  );
}

function Observations({ observed }: { observed: Observed | null }) {
  const results = observed?.results ?? [];
  const differing = results.filter(({ differs }) => differs);
  if (results.length === 0) {
    return (
      <EmptyState size="line" title="This cloud has not been asked yet.">
        The runbook{" "}
        <Link href="/runbooks/identity-policy-acceptance">Compare a cloud&apos;s identity policy</Link> stands
        beside every tenant and asks it.
      </EmptyState>
    );
  }
  return (
    <Section
      title="Simulated and observed"
      beside={`${results.length} questions, ${differing.length} answered otherwise`}
    >
      {differing.length === 0 ? (
        <Notice kind="ok" title="The cloud answered every question as it was simulated." />
      ) : (
        <ul className="grid gap-2">
          {differing.map((result) => (
            <li key={keyOf(result)}>
              <Notice
                kind="danger"
                title={`${result.operation} of ${result.persona} on ${result.place}: simulated ${result.simulated}, observed ${result.observed} (${result.status})`}
              >
                Revision {result.revision}, decided by <code>{result.branch}</code>.{" "}
                <Link href={`/jobs/${result.jobId}?tab=evidence`}>Job {result.number}</Link>,{" "}
                <RelativeTime at={result.at} />
              </Notice>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
