import * as z from "zod";
import type { Json } from "#server/domain/canonical/json.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { valueAt } from "#server/domain/runbook/path.ts";
import { outputPath, type PlannedShell, type Take } from "#server/domain/shell/schema.ts";
import { matchPattern } from "../check/find-pattern.ts";

/** Longest value taken out of an output, as JSON text. */
const VALUE_MAX = 4000;

/**
 * What the step takes out of standard output, each as JSON text. A name is absent where nothing was found, where it could
 * not be told in time, or where the output was longer than what is judged: an expectation of it then fails.
 */
export async function takeValues(
  takes: PlannedShell["take"],
  stdout: string | null,
): Promise<Record<string, string>> {
  if (stdout === null) return {};
  const values: Record<string, string> = {};
  for (const [name, take] of Object.entries(takes)) {
    const value = await takeOne(take, stdout);
    const text = value === undefined ? null : JSON.stringify(value);
    if (text !== null && text.length <= VALUE_MAX) values[name] = text;
  }
  return values;
}

async function takeOne(take: Take, stdout: string): Promise<Json | undefined> {
  if ("json" in take) return valueAt({ root: parseJson(stdout) }, outputPath(take.json) ?? []);
  const found = await matchPattern("matches" in take ? take.matches : take.found, stdout);
  if (found === "too_long") return undefined;
  if ("found" in take) return found !== null;
  return found?.[1] ?? found?.[0] ?? undefined;
}

function parseJson(text: string): Json {
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The values as a step's evidence has them. What was written down is read strictly. */
export function shownValue(text: string): Json {
  return z.json().parse(JSON.parse(text));
}
