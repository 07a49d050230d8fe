import { documentRules, type PolicyDocument } from "#server/domain/identity-policy/document.ts";
import { type Matrix, simulateMatrix } from "#server/domain/identity-policy/matrix.ts";
import { type MatrixSet, readMatrixSet, STANDARD_SET } from "#server/domain/identity-policy/matrix-set.ts";
import { parsePythonJson } from "#server/domain/oslo/json.ts";
import { parsePolicy } from "#server/domain/oslo/policy.ts";
import { UsageError } from "./command.ts";
import type { Live } from "./policy-files.ts";
import { readBytesOf } from "./register-files.ts";

/** Who may do what under the live policy, and with the file laid over it. Throws UsageError for another service's. */
export function simulate(document: PolicyDocument, { rules, release }: Live, set: MatrixSet): Matrix {
  if (release === null) throw new UsageError("The matrix is of Keystone's operations: leave --defaults out.");
  const after = parsePolicy({ ...rules, ...documentRules(document) });
  return simulateMatrix(set, { before: parsePolicy(rules), after, release });
}

/** The file of personas and places; those of a domain manager without one. Throws UsageError naming the field. */
export async function readSet(path: string | undefined): Promise<MatrixSet> {
  if (path === undefined) return STANDARD_SET;
  const read = readMatrixSet(parseJson(Buffer.from(await readBytesOf(path)).toString("utf8"), path));
  if (read.kind === "bad") throw new UsageError(`${path}: ${read.says}`);
  return read.set;
}

function parseJson(text: string, path: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    const place = error instanceof Error ? /line \d+ column \d+/.exec(error.message)?.[0] : undefined;
    throw new UsageError(`${path}: this is not JSON${place === undefined ? "" : ` (${place})`}.`);
  }
}
