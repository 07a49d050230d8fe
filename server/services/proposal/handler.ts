import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { Action } from "#server/domain/policy/actions.ts";
import type { Rendering } from "#server/domain/proposal/digest.ts";
import type { ProposalKind } from "#server/domain/proposal/states.ts";

/** What applying gets: the deciding transaction's facts. */
export interface Applying {
  proposalId: string;
  requestedBy: string;
  decidedBy: string;
  at: Date;
}

interface KindSpec<S extends z.ZodType<Json>> {
  kind: ProposalKind;
  /** Rights over the table's own `proposal.*`: who may ask for this kind, who may decide it as another person. */
  actions: { propose: Action; decide: Action };
  content: S;
  /**
   * What the content would change, from what is true now. Rendered when asked, and again when decided: another answer
   * is drift. Throws a DomainError when it cannot be applied at all.
   */
  describe: (tx: Db | Tx, content: z.output<S>) => Promise<Rendering>;
  /** Asks others, such as a service on the network: before the transaction in which it is described or applied. */
  ahead?: (db: Db, content: z.output<S>) => Promise<void>;
  /** Sentences for whoever decides that may differ from day to day; not part of what is decided. */
  consider?: (db: Db, content: z.output<S>, at: Date) => Promise<readonly string[]>;
  /** Makes the change inside the deciding transaction; answers facts for the audit. */
  apply: (tx: Tx, content: z.output<S>, applying: Applying) => Promise<{ readonly [key: string]: Json }>;
}

/** A kind with its content's type closed over, so that a table can hold them all. */
export interface ProposalHandler {
  readonly kind: ProposalKind;
  readonly actions: { propose: Action; decide: Action };
  /** The content as this kind reads it. Throws DomainError `invalid` for what it cannot read. */
  open(content: unknown): OpenProposal;
}

export interface OpenProposal {
  readonly content: Json;
  ahead(db: Db): Promise<void>;
  describe(tx: Db | Tx): Promise<Rendering>;
  consider(db: Db, at: Date): Promise<readonly string[]>;
  apply(tx: Tx, applying: Applying): Promise<{ readonly [key: string]: Json }>;
}

export function proposalKind<S extends z.ZodType<Json>>(spec: KindSpec<S>): ProposalHandler {
  return {
    kind: spec.kind,
    actions: spec.actions,
    open: (raw) => {
      const parsed = spec.content.safeParse(raw);
      if (!parsed.success) {
        throw new DomainError("invalid", "What is proposed cannot be read. Nothing was changed.", {
          reason: "unreadable",
        });
      }
      const content = parsed.data;
      return {
        content,
        ahead: async (db) => spec.ahead?.(db, content),
        describe: (tx) => spec.describe(tx, content),
        consider: async (db, at) => (await spec.consider?.(db, content, at)) ?? [],
        apply: (tx, applying) => spec.apply(tx, content, applying),
      };
    },
  };
}
