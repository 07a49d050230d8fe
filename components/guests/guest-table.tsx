import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { FIELD_WORDS, type HostFacts, inCell } from "./guest-data.ts";

type Line = { vmid: number; name: string; desired: string; actual: string; says: string };

/** Every number that stands on either side, with what is wanted beside what is. */
function linesOf({ desired, actual, plan }: HostFacts): Line[] {
  const wanted = new Map(desired?.guests.map((guest) => [guest.vmid, guest]));
  const found = new Map(actual?.guests.map((guest) => [guest.vmid, guest]));
  const differing = new Map(plan?.lanes.map((lane) => [lane.vmid, lane]));
  const held = new Map(plan?.held.map((guest) => [guest.vmid, guest.says]));
  const numbers = [...new Set([...wanted.keys(), ...found.keys()])].sort((one, other) => one - other);
  return numbers.map((vmid) => {
    const want = wanted.get(vmid);
    const is = found.get(vmid);
    const lane = differing.get(vmid);
    const fields = lane?.differences.map(({ field }) => FIELD_WORDS[field]).join(", ");
    return {
      vmid,
      name: is?.name ?? "",
      desired: want === undefined ? "Not wanted in any way" : inWords(want.run_state, want.settings),
      actual: is === undefined ? "Not there" : inWords(is.run_state, is.settings),
      says:
        held.get(vmid) ??
        (is === undefined || want === undefined
          ? "Listed only"
          : fields === undefined
            ? "As wanted"
            : `Differs: ${fields}`),
    };
  });
}

type Settings = Partial<NonNullable<HostFacts["actual"]>["guests"][number]["settings"]>;

function inWords(state: string | null, settings: Settings): string {
  const { cores, memory_mib, tags, onboot, description } = settings;
  const parts = [
    state ?? "",
    cores === undefined ? "" : `${cores} cores`,
    memory_mib === undefined ? "" : `${memory_mib} MiB`,
    tags === undefined ? "" : `tags ${inCell(tags)}`,
    onboot === undefined ? "" : `starts with its host: ${inCell(onboot)}`,
    description === undefined || description === "" ? "" : `"${description}"`,
  ];
  return parts.filter((part) => part !== "").join(", ") || "Anything";
}

/** Guests as they are wanted beside what they are, both in the same form. */
export function GuestTable({ facts }: { facts: HostFacts }) {
  const lines = linesOf(facts);
  return (
    <Section
      title="Guests"
      beside={lines.length}
      description="Both sides in one form: memory in MiB, tags sorted, descriptions without the line end that the hypervisor adds."
    >
      {lines.length === 0 ? (
        <EmptyState size="line" title="Nothing was seen yet.">
          The runner looks at a new host within seconds.
        </EmptyState>
      ) : (
        <Table label="Guests, wanted beside actual">
          <TableHead>
            <TableHeaderCell align="right" fit>
              Number
            </TableHeaderCell>
            <TableHeaderCell>Wanted</TableHeaderCell>
            <TableHeaderCell>Actual</TableHeaderCell>
            <TableHeaderCell hideBelow="md">Verdict</TableHeaderCell>
          </TableHead>
          <TableBody>
            {lines.map((line) => (
              <TableRow key={line.vmid}>
                <TableCell align="right">{line.vmid}</TableCell>
                <TableCell className="wrap-anywhere">{line.desired}</TableCell>
                <TableCell className="wrap-anywhere">
                  {line.name !== "" && <span className="font-medium">{line.name} </span>}
                  {line.actual}
                </TableCell>
                <TableCell hideBelow="md">{line.says}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}
