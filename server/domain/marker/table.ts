import type { Runbook } from "../runbook/runbook.ts";
import type { Marker } from "./compute.ts";
import { handWords } from "./schema.ts";

const HEAD = ["| Stage | What | Status |", "| --- | --- | --- |"];
const BEGIN = "<!-- validation status: computed by the console, edits are lost -->";
const END = "<!-- end of validation status -->";

/**
 * The table of a runbook's stages with what is proven of each on a cloud, as runbooks write it: `[VALIDATED <date>]`,
 * `[CORRECTED-PENDING]`, `[PROCEDURE-PENDING]`, and behind it how much is proven, or what refutes it.
 */
export function validationTable(
  { stages }: Pick<Runbook, "stages">,
  markers: ReadonlyMap<string, Marker>,
  cloud: string,
): string {
  const rows = stages.map(({ key, title }) => {
    const what = title.replaceAll("|", "/");
    return `| ${key.replace("-", "/")} | ${what} | ${statusOf(markers.get(key))} |`;
  });
  return [BEGIN, `Validation status on cloud ${cloud}:`, "", ...HEAD, ...rows, END, ""].join("\n");
}

function statusOf(marker: Marker | undefined): string {
  if (marker === undefined) return "[PROCEDURE-PENDING]";
  const { kind, grade, at, run, refutedBy, readBy, handRun } = marker;
  const day = at === null ? "" : at.toISOString().slice(0, 10);
  const read = grade === "read_through" ? ` (read through ${day} by ${readBy.join(", ")})` : "";
  const hand =
    handRun === null
      ? ""
      : ` (${handWords(handRun)} ${handRun.at.toISOString().slice(0, 10)}, job ${handRun.number}, not reproduced)`;
  switch (kind) {
    case "validated":
      return `[VALIDATED ${day}] (commands reproduced, job ${run?.number ?? ""})`;
    case "corrected_pending":
      return `[CORRECTED-PENDING]${hand}${read}`;
    case "procedure_pending":
      return `[PROCEDURE-PENDING]${hand}${read}`;
    case "refuted":
      return `[CORRECTED-PENDING] (refuted ${day} by ${refutedBy?.code ?? "a finding"})`;
  }
}

/**
 * A document with the table in it: in place of the one that it has, else before its first stage. The rest stays as it is,
 * to the byte; a table is words, so no stage is demoted by it.
 */
export function withTable(source: string, table: string): string {
  const from = source.indexOf(BEGIN);
  const to = source.indexOf(END, from);
  if (from !== -1 && to !== -1) {
    const after = to + END.length;
    return `${source.slice(0, from)}${table.trimEnd()}${source.slice(after)}`;
  }
  const stage = /^## Stage /m.exec(source)?.index ?? source.length;
  return `${source.slice(0, stage)}${table}\n${source.slice(stage)}`;
}
