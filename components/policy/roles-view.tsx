import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { Observed, PolicyFacts } from "./policy-data.ts";

/** Which roles there are, which account holds which, and what the cloud has beside that. */
export function RolesView({
  catalogue,
  observed,
}: {
  catalogue: PolicyFacts["catalogue"];
  observed: Observed | null;
}) {
  return (
    <div className="grid grid-cols-1 gap-8">
      <Drift drift={observed?.drift ?? null} />
      <Section title="Roles" beside={catalogue.roles.length}>
        <Table label="Roles">
          <TableHead>
            <TableHeaderCell>Role</TableHeaderCell>
            <TableHeaderCell>What it is for</TableHeaderCell>
            <TableHeaderCell>Where it stands</TableHeaderCell>
            <TableHeaderCell>Beside that</TableHeaderCell>
          </TableHead>
          <TableBody>
            {catalogue.roles.map(({ role, what, scope, note }) => (
              <TableRow key={role}>
                <TableCell fit className="align-top font-mono text-small">
                  {role}
                </TableCell>
                <TableCell className="min-w-56 align-top">{what}</TableCell>
                <TableCell className="min-w-40 align-top">{scope}</TableCell>
                <TableCell className="min-w-56 align-top">{note}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Section>
      <Section
        title="Accounts"
        beside={catalogue.accounts.length}
        description="A runbook that would give anything else is refused with the rule that forbids it."
      >
        <Table label="Accounts">
          <TableHead>
            <TableHeaderCell>Account</TableHeaderCell>
            <TableHeaderCell>Roles</TableHeaderCell>
            <TableHeaderCell>Where</TableHeaderCell>
            <TableHeaderCell>Why</TableHeaderCell>
          </TableHead>
          <TableBody>
            {catalogue.accounts.map(({ account, roles, scope, why }) => (
              <TableRow key={account}>
                <TableCell className="min-w-40 align-top">{account}</TableCell>
                <TableCell className="min-w-40 align-top font-mono text-small">
                  {roles.length === 0 ? "none" : roles.join(", ")}
                </TableCell>
                <TableCell className="min-w-40 align-top">{scope}</TableCell>
                <TableCell className="min-w-56 align-top">{why}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Section>
    </div>
  );
}

function Drift({ drift }: { drift: Observed["drift"] }) {
  if (drift === null) {
    return (
      <EmptyState size="line" title="Nobody has compared this cloud with the catalogue yet.">
        The runbook <Link href="/runbooks/role-catalogue">Compare who holds which role</Link> stands beside
        every tenant and reads every assignment.
      </EmptyState>
    );
  }
  const read = (
    <>
      Read by <Link href={`/jobs/${drift.jobId}?tab=evidence`}>job {drift.number}</Link>,{" "}
      <RelativeTime at={drift.at} />
    </>
  );
  if (drift.outside === 0) {
    return (
      <Notice kind="ok" title={`All ${drift.asked} assignments of the cloud are in the catalogue.`}>
        {read}
      </Notice>
    );
  }
  return (
    <Section
      title="Outside the catalogue"
      beside={`${drift.outside} of ${drift.asked} assignments`}
      description={read}
    >
      <Table label="Assignments outside the catalogue">
        <TableHead>
          <TableHeaderCell>Account</TableHeaderCell>
          <TableHeaderCell>Role</TableHeaderCell>
          <TableHeaderCell>Where</TableHeaderCell>
          <TableHeaderCell>Rule</TableHeaderCell>
        </TableHead>
        <TableBody>
          {drift.assignments.map(({ account, role, scope, rule, says }) => (
            <TableRow key={`${account} ${role} ${scope}`}>
              <TableCell className="wrap-anywhere">{account}</TableCell>
              <TableCell fit className="font-mono text-small">
                {role}
              </TableCell>
              <TableCell className="wrap-anywhere">{scope}</TableCell>
              <TableCell className="min-w-56">
                <span className="font-mono text-small">{rule}</span> {says}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
