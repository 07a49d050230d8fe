import type { Db, Tx } from "#db/client.ts";
import { EXECUTE, jobQuestion } from "#server/domain/decision/job-question.ts";
import { askAccess, type AskedAccess } from "#server/services/access/ask.ts";
import { findProvider } from "#server/services/access/rows.ts";
import type { Authority } from "./authority.ts";
import type { JobRow } from "./run.ts";

/** What a decision service elsewhere said about one job, and which change of the provider it was asked under. */
export interface OutsideAnswer {
  provider: number;
  jobId: string;
  digest: string;
  asked: AskedAccess;
}

/**
 * Asks the external service about the job that would start next, where one is in place and is asked about jobs; null
 * where none is, or no job waits. Outside of any transaction, and the answer is on record before it is used.
 */
export async function askOutside(
  db: Db,
  of: { at: Date; next: () => Promise<JobRow | null> },
): Promise<OutsideAnswer | null> {
  const provider = await findProvider(db);
  if (provider?.asksJobs !== true) return null;
  const row = await of.next();
  if (row === null) return null;
  const question = jobQuestion({ personId: row.requestedBy, action: EXECUTE, job: row });
  const asked = await askAccess(db, { question, at: of.at });
  return { provider: provider.number, jobId: row.id, digest: row.digest, asked };
}

/** `ask_first`: the service has to be asked about this very job before it can start. */
export type OutsideVerdict =
  | { kind: "not_asked" }
  | { kind: "ask_first" }
  | { kind: "allowed"; decisionId: string }
  | { kind: "refused"; authority: Authority & { kind: "refused" } };

/** What the answer means for this job under the provider that is in place now. */
export async function judgeOutside(
  tx: Tx,
  row: Pick<JobRow, "id" | "digest">,
  answer: OutsideAnswer | null,
): Promise<OutsideVerdict> {
  const provider = await findProvider(tx);
  if (provider?.asksJobs !== true) return { kind: "not_asked" };
  const isAbout =
    answer?.provider === provider.number && answer.jobId === row.id && answer.digest === row.digest;
  if (!isAbout) return { kind: "ask_first" };
  const { asked } = answer;
  if (asked.kind === "answered" && asked.isAllowed) {
    return { kind: "allowed", decisionId: asked.envelope.id };
  }
  const [reason, why] =
    asked.kind === "none"
      ? [asked.reason, asked.says]
      : [
          asked.envelope.effect === "deny" ? asked.envelope.reason : "policy_denied",
          `The decision service did not allow it (${asked.envelope.id}).`,
        ];
  return {
    kind: "refused",
    authority: {
      kind: "refused",
      reason,
      says: `${why} Nothing was sent, and the approval is not spent.`,
      advice: "Look at the page of the decision service, then preview and ask again.",
    },
  };
}
