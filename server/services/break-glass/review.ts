import { breakGlassReview } from "#db/schema/break-glass.ts";
import { REVIEWS_NEEDED } from "#server/domain/break-glass/limits.ts";
import { reviewBreakGlassSchema } from "#server/domain/break-glass/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { lockJob } from "../job/rows.ts";
import { verb } from "../verb.ts";
import { findBreakGlass } from "./rows.ts";

/** Records that somebody looked at an emergency afterwards, and what they found: two people other than those of it. */
export const reviewBreakGlass = verb({
  action: "break_glass.review",
  input: reviewBreakGlassSchema,
  load: async (tx, { jobId }) => {
    await lockJob(tx, jobId);
    const broken = await findBreakGlass(tx, jobId);
    if (broken !== null) return { jobId, ...broken };
    throw new DomainError("not_found", "No emergency let this job go.", { reason: "not_found" });
  },
  object: ({ jobId }) => ({ kind: "job", id: jobId }),
  separation: ({ person, requestedBy, reviews }) => ({
    involved: [person.id, requestedBy],
    seatedBy: reviews.map((one) => one.person.id),
  }),
  run: async (tx, { person, input, row, at }) => {
    const { jobId, requestedBy } = row;
    await tx.insert(breakGlassReview).values({
      jobId,
      brokenBy: row.person.id,
      requestedBy,
      personId: person.personId,
      note: input.note,
      at,
    });
    const given = row.reviews.length + 1;
    return {
      output: { given, needed: REVIEWS_NEEDED },
      audit: { digest: row.digest, note: input.note, given, needed: REVIEWS_NEEDED },
    };
  },
});
