import { access } from "node:fs/promises";
import * as z from "zod";
import { readCheck } from "#server/domain/access-policy/request.ts";
import { type DecisionQuestion } from "#server/domain/decision/decide.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { UsageError } from "./command.ts";
import { fileLines } from "./file-lines.ts";

const lineSchema = z.looseObject({
  id: z.string(),
  effect: z.string(),
  reason: z.string(),
  matched_rule: z.string().optional(),
  provenance: z.record(z.string(), z.unknown()),
  request: jsonSchema,
});
export type LoggedLine = z.output<typeof lineSchema>;

export interface FoundDecision {
  /** The newest of them. */
  logged: LoggedLine;
  question: DecisionQuestion;
  times: number;
}

/** Logs that were put aside, the newest first, as the service names them. */
const KEPT = 8;

/**
 * Finds a decision by its id in a log and in what was put aside from it. Lines that are no decisions are passed over: a
 * write may have broken off. Null where it is in none. Throws UsageError when the log cannot be read.
 */
export async function findDecision(log: string, id: string): Promise<FoundDecision | null> {
  if (!/^[!-~]{1,200}$/.test(id))
    throw new UsageError("An id is written as it was given: decision:0123456789abcdef.");
  const found: FoundDecision[] = [];
  for (const path of [log, ...(await putAside(log))]) {
    const here: FoundDecision[] = [];
    for await (const line of fileLines(path)) {
      if (line.kind === "bad" || !line.text.includes(id)) continue;
      const read = lineSchema.safeParse(parseJson(line.text));
      if (!read.success || read.data.id !== id) continue;
      const question = readCheck(read.data.request);
      if (question.kind === "read") here.unshift({ logged: read.data, question: question.value, times: 1 });
    }
    found.push(...here);
  }
  const [newest] = found;
  return newest === undefined ? null : { ...newest, times: found.length };
}

async function putAside(log: string): Promise<string[]> {
  const there: string[] = [];
  for (let age = 1; age <= KEPT; age += 1) {
    const path = `${log}.${age}`;
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      there.push(path);
  }
  return there;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
