import type { DocumentBlock, DocumentMarker, DocumentStage, StageRow } from "./model.ts";
import { markersIn, withoutMarkers } from "./markers.ts";
import type { ForeignReading } from "./reading.ts";

/** Compares the stage table with the headings, and gives a stage that only the table has its place. */
export function compareTable(reading: ForeignReading): void {
  const { document } = reading;
  for (const stage of document.stages) for (const block of stage.blocks) judgeGate(reading, block, stage);
  twice(reading);
  if (document.table.length === 0) return;
  const known = new Map(document.stages.map((stage) => [stage.key, stage]));
  const headings = new Map<number, DocumentMarker>();
  for (const marker of document.markers) if (!headings.has(marker.line)) headings.set(marker.line, marker);
  let before: DocumentStage | null = null;
  for (const row of document.table) {
    const stage = known.get(row.key);
    for (const found of markersIn(row.status)) {
      document.markers.push({ ...found, line: row.line, stageKey: row.key, blockId: null });
    }
    if (stage) compareMarkers(reading, { row, stage, heading: headings.get(stage.line) });
    else known.set(row.key, addFromTable(reading, row, before));
    before = known.get(row.key) ?? before;
  }
  const named = new Set(document.table.map(({ key }) => key));
  for (const { key, line, origin } of document.stages) {
    if (origin !== "heading" || named.has(key)) continue;
    warn(reading, { code: "table.misses", line, says: `The table of stages does not name stage ${key}.` });
  }
}

function warn(reading: ForeignReading, of: { code: string; line: number; says: string }): void {
  reading.remark({ ...of, severity: "warning" });
}

function judgeGate(reading: ForeignReading, block: DocumentBlock, stage: DocumentStage): void {
  if (block.gates.length > 0 || block.encoding === "steps") return;
  const isJudged = block.encoding === "fenced" && (block.expects.length > 0 || stage.gates.length > 0);
  if (isJudged) return;
  const name = block.id === null ? "This block" : `The block ${block.id}`;
  warn(reading, {
    code: "block.no_gate",
    line: block.line,
    says: `${name} has no gate: nothing says whether it worked.`,
  });
}

function twice(reading: ForeignReading): void {
  const first = new Map<string, number>();
  for (const { key, line, origin } of reading.document.stages) {
    if (origin !== "heading") continue;
    const before = first.get(key);
    if (before === undefined) first.set(key, line);
    else {
      const says = `Stage ${key} stands in line ${before} already.`;
      reading.remark({ code: "stage.twice", severity: "error", line, says });
    }
  }
}

function compareMarkers(
  reading: ForeignReading,
  { row, stage, heading }: { row: StageRow; stage: DocumentStage; heading: DocumentMarker | undefined },
): void {
  const inTable = markersIn(row.status)[0];
  if (inTable === undefined || heading === undefined || inTable.words === heading.words) return;
  const says = `The table says ${inTable.words} of stage ${stage.key}, its heading in line ${stage.line} says ${heading.words}.`;
  warn(reading, { code: "table.disagrees", line: row.line, says });
}

/**
 * A stage that the table has between two headings. A block of the stage before it that carries its name, such as
 * `...-02b-isolation` for `Tenant isolation`, is its block; that is a guess and told as one.
 */
function addFromTable(reading: ForeignReading, row: StageRow, host: DocumentStage | null): DocumentStage {
  const { document } = reading;
  const title = withoutMarkers(row.what);
  const moved = host ? host.blocks.filter((block, place) => place > 0 && isNamedAfter(block, title)) : [];
  const made: DocumentStage = {
    key: row.key,
    title,
    origin: "table",
    line: moved[0]?.line ?? row.line,
    blocks: moved,
    gates: [],
    cautions: [],
    statuses: [],
  };
  if (host) host.blocks = host.blocks.filter((block) => !moved.includes(block));
  document.stages.splice(host ? document.stages.indexOf(host) + 1 : 0, 0, made);
  const of = moved.map(({ id }) => id ?? "a block without id").join(", ");
  const guess =
    moved.length === 0 ? "No block carries its name." : `By its name it holds ${of}; read that over.`;
  warn(reading, {
    code: "table.no_heading",
    line: row.line,
    says: `The table has stage ${row.key}, and no heading begins it. ${guess}`,
  });
  return made;
}

function isNamedAfter({ id }: DocumentBlock, title: string): boolean {
  const words = title.toLowerCase().match(/[a-z]{5,40}/g) ?? [];
  const own = new Set((id ?? "").toLowerCase().split(/[^a-z]+/));
  return words.some((word) => own.has(word));
}
