import * as z from "zod";

export const AUDIT_OUTCOMES = ["done", "denied", "failed"] as const;

/** Which entries of the audit log are looked at; null narrows nothing. Times bound from the day's start to its end, UTC. */
export const auditFilterSchema = z.strictObject({
  /** Id of a person, name of a system actor, or address of somebody who was not signed in. */
  actor: z.string().min(1).max(200).nullable(),
  /** Exact, or a group such as `job`. */
  action: z
    .string()
    .regex(/^[a-z_]+(\.[a-z_]+)?$/)
    .max(60)
    .nullable(),
  outcome: z.enum(AUDIT_OUTCOMES).nullable(),
  /** Id of what the entry is about, or its kind. */
  object: z.string().min(1).max(200).nullable(),
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
});
export type AuditFilter = z.output<typeof auditFilterSchema>;

export const NO_FILTER: AuditFilter = {
  actor: null,
  action: null,
  outcome: null,
  object: null,
  from: null,
  to: null,
};

export const isFiltered = (filter: AuditFilter): boolean =>
  Object.values(filter).some((value) => value !== null);

export const auditSeqSchema = z.strictObject({ seq: z.int().min(1) });
