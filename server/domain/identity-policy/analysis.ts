import { parsePythonJson } from "../oslo/json.ts";
import { effectivePolicy, type JudgedPolicy, judgePolicy, type WrittenPolicy } from "./cloud-policy.ts";
import { diffPolicy, type PolicyDiff } from "./diff.ts";
import { KEYSTONE_OPERATIONS } from "./keystone-operation.ts";
import { CELLS_MAX, SHOWN_MAX } from "./limits.ts";
import type { PolicyFinding } from "./lint.ts";
import { type CaseVerdict, isChanged, type Matrix, simulateMatrix } from "./matrix.ts";
import { type MatrixSet, readMatrixSet, STANDARD_SET } from "./matrix-set.ts";

/** An answer of the cloud, and the place of the words for what decided it. */
export type CellAnswer = readonly [
  expect: "allow" | "deny" | "exception",
  ours: "allow" | "deny",
  branch: number,
];

/** What one persona is answered about one place. */
export interface GridCell {
  persona: number;
  place: number;
  before: CellAnswer;
  after: CellAnswer;
  isChanged: boolean;
}

export interface PolicyAnalysis {
  findings: readonly PolicyFinding[];
  errors: number;
  warnings: number;
  diff: PolicyDiff;
  personas: readonly string[];
  places: readonly string[];
  /** By operation; each cell names its persona and its place. */
  grid: readonly { operation: string; cells: readonly GridCell[] }[];
  /** Every reason that a cell names, once. */
  branches: readonly string[];
  cases: readonly CaseVerdict[];
  changed: number;
  unknown: readonly string[];
}

export type Analysed =
  { kind: "analysed"; analysis: PolicyAnalysis } | { kind: "bad"; field: string; says: string };

/** What is wrong with an override, how it differs from what is in force, and who may do what before and after. */
export function analysePolicy(written: WrittenPolicy, setText: string): Analysed {
  const read = judgePolicy(written);
  if (read.kind === "bad") return read;
  const set = readSetText(setText);
  if (set.kind === "bad") return { ...set, field: "set" };
  const size = sizeOf(set.set);
  if (size > CELLS_MAX) {
    const says = `It asks ${size} questions, and at most ${CELLS_MAX} are answered at once. Leave out operations, personas or places.`;
    return { kind: "bad", field: "set", says };
  }
  return { kind: "analysed", analysis: analyse(read.policy, set.set) };
}

/** Personas and places of one's own as JSON text; the standard ones for none. */
export function readSetText(text: string): { kind: "set"; set: MatrixSet } | { kind: "bad"; says: string } {
  if (text.trim() === "") return { kind: "set", set: STANDARD_SET };
  try {
    return readMatrixSet(parsePythonJson(text));
  } catch (error) {
    if (error instanceof RangeError) return { kind: "bad", says: "The JSON is nested too deeply." };
    if (!(error instanceof SyntaxError)) throw error;
    const place = /line \d+ column \d+/.exec(error.message)?.[0];
    return { kind: "bad", says: `This is not JSON${place === undefined ? "" : ` (${place})`}.` };
  }
}

const sizeOf = ({ personas, places, operations }: MatrixSet) =>
  personas.length * places.length * (operations ?? KEYSTONE_OPERATIONS).length;

function analyse(policy: JudgedPolicy, set: MatrixSet): PolicyAnalysis {
  const { document, liveRules, release, findings } = policy;
  const diff = diffPolicy(document, liveRules);
  const matrix = simulateMatrix(set, {
    before: effectivePolicy(policy, false),
    after: effectivePolicy(policy, true),
    release,
  });
  const count = (severity: PolicyFinding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    findings: findings.slice(0, SHOWN_MAX),
    errors: count("error"),
    warnings: count("warning"),
    diff: { ...diff, rows: diff.rows.slice(0, SHOWN_MAX) },
    cases: matrix.cases,
    unknown: matrix.unknown,
    changed: matrix.cells.filter(isChanged).length,
    ...gridOf(matrix, set),
  };
}

function gridOf({ cells }: Matrix, set: MatrixSet) {
  const personas = set.personas.map(({ name }) => name);
  const places = set.places.map(({ name }) => name);
  const branches: string[] = [];
  const known = new Map<string, number>();
  const placeOf = (branch: string): number => {
    const found = known.get(branch) ?? branches.push(branch) - 1;
    known.set(branch, found);
    return found;
  };
  const byOperation = Map.groupBy(cells, ({ operation }) => operation);
  const grid = [...byOperation].map(([operation, ofIt]) => ({
    operation,
    cells: ofIt.map((cell): GridCell => {
      const { before, after } = cell;
      return {
        persona: personas.indexOf(cell.persona),
        place: places.indexOf(cell.place),
        before: [before.expect, before.ours, placeOf(before.branch)],
        after: [after.expect, after.ours, placeOf(after.branch)],
        isChanged: isChanged(cell),
      };
    }),
  }));
  return { personas, places, grid, branches };
}
