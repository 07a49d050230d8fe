import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { Action } from "#server/domain/policy/actions.ts";
import {
  type Actor,
  decide,
  type Denial,
  type PersonActor,
  type Separation,
} from "#server/domain/policy/decide.ts";
import { findCredential } from "#server/domain/secret/schema.ts";
import { appendAudit } from "./audit/append.ts";
import { databaseRefusal } from "./database-refusal.ts";
import { requireStepUp } from "./person/step-up.ts";
import { reloadActor } from "./person/session.ts";

/** What every verb is called with. The actor comes from a database session and from nowhere else. */
export interface Ctx {
  db: Db;
  actor: Actor;
  clock: Clock;
  /** What operations are signed for in this deployment; left out: the default. */
  signatureNamespace?: string;
  /** The origin that people open the console under: passkeys belong to it. */
  origin?: string;
}

export interface AuditObject {
  kind: string;
  id: string;
}

/** `refusal`: what was written stays, such as a spent nonce, and the act is refused all the same. */
type Done<O> = {
  audit: { readonly [key: string]: Json };
  /** For objects that `run` made: what the entry is about. */
  object?: AuditObject;
} & ({ output: O; refusal?: never } | { output?: never; refusal: DomainError });

interface VerbSpec<S extends z.ZodType, R, O> {
  action: Action;
  input: S;
  /** Asks others before the transaction begins, for those only who have the verb's right. Writes nothing. */
  ahead?: (ctx: Ctx, input: z.output<S>) => Promise<void>;
  /** Gets the row or throws `not_found`; locks what `run` will change. */
  load: (tx: Tx, input: z.output<S>, ctx: Ctx) => Promise<R>;
  object: (row: R, input: z.output<S>) => AuditObject;
  separation?: (row: R) => Separation;
  /** A further right that the object asks for beside the verb's own, such as that of a proposal's kind. */
  also?: (row: R) => Action;
  /** True where the person has to have proven within five minutes who they are. */
  stepUp?: true | ((row: R) => boolean);
  /** Decides and writes. Without an audit entry it does not compile; if the entry cannot be written, nothing is. */
  run: (tx: Tx, given: { person: PersonActor; input: z.output<S>; row: R; at: Date }) => Promise<Done<O>>;
}

/**
 * Parse, load, authorise, run and audit in one transaction, on the rights that the person has inside it. Refusals are
 * audited in a transaction of their own.
 */
export function verb<S extends z.ZodType, R, O>(spec: VerbSpec<S, R, O>) {
  const settle = async (ctx: Ctx, input: z.output<S>): Promise<Done<O>> => {
    let object: AuditObject = { kind: "none", id: "none" };
    try {
      return await ctx.db.transaction(async (tx) => {
        const actor = ctx.actor.kind === "person" ? await reloadActor(tx, ctx.actor, ctx.clock()) : ctx.actor;
        const row = await spec.load(tx, input, ctx).catch((error: unknown) => {
          throw roleDenial(actor, spec.action) ?? error;
        });
        object = spec.object(row, input);
        const person = authorize(actor, spec.action, spec.separation?.(row));
        if (spec.also) authorize(actor, spec.also(row), spec.separation?.(row));
        refuseCredential(input);
        const at = ctx.clock();
        if (typeof spec.stepUp === "function" ? spec.stepUp(row) : spec.stepUp) {
          await requireStepUp(tx, person, at);
        }
        const done = await spec.run(tx, { person, input, row, at });
        const about = done.object ?? object;
        await appendAudit(tx, {
          actor: person,
          at,
          action: spec.action,
          outcome: done.refusal ? "denied" : "done",
          objectKind: about.kind,
          objectId: about.id,
          details: done.refusal ? { ...done.audit, ...wordsOf(done.refusal) } : done.audit,
        });
        return done;
      });
    } catch (cause) {
      const error = cause instanceof DomainError ? cause : (databaseRefusal(cause) ?? cause);
      const isWritable = error instanceof DomainError && error.code !== "unavailable";
      if (isWritable) await auditRefusal(ctx, { action: spec.action, object, error });
      throw error;
    }
  };
  const act = async (ctx: Ctx, raw: z.input<S>): Promise<O> => {
    const input = spec.input.parse(raw);
    if (spec.ahead && decide({ actor: ctx.actor, action: spec.action }).effect === "allow") {
      await spec.ahead(ctx, input);
    }
    const done = await settle(ctx, input);
    if (done.refusal !== undefined) throw done.refusal;
    return done.output;
  };
  return Object.assign(act, { action: spec.action, input: spec.input });
}

/** A read: authorise, then look. What it shows is decided by the same table; a denial is audited. */
export function query<S extends z.ZodType, O>(spec: {
  action: Action;
  input: S;
  run: (ctx: Ctx, input: z.output<S>) => Promise<O>;
}) {
  const read = async (ctx: Ctx, raw: z.input<S>): Promise<O> => {
    const input = spec.input.parse(raw);
    try {
      authorize(ctx.actor, spec.action);
    } catch (error) {
      if (error instanceof DomainError) {
        await auditRefusal(ctx, { action: spec.action, object: { kind: "none", id: "none" }, error });
      }
      throw error;
    }
    return spec.run(ctx, input);
  };
  return Object.assign(read, { action: spec.action, input: spec.input });
}

/** The person who may do it, or `forbidden` with the rule. */
function authorize(actor: Actor, action: Action, separation?: Separation): PersonActor {
  const decision = decide({ actor, action, ...(separation ? { separation } : {}) });
  if (decision.effect === "deny") throw denialOf(decision);
  return decision.actor;
}

/** The denial of somebody who could never do it: he is told that, not whether the object exists. */
function roleDenial(actor: Actor, action: Action): DomainError | null {
  const decision = decide({ actor, action });
  return decision.effect === "deny" && decision.reason === "role_missing" ? denialOf(decision) : null;
}

function denialOf(decision: Denial): DomainError {
  return new DomainError("forbidden", decision.says, {
    reason: decision.reason,
    facts: {
      ruleId: decision.ruleId,
      couldBe: [...decision.couldBe],
      ...(decision.cites ? { cites: decision.cites.map(({ itemId, code }) => ({ itemId, code })) } : {}),
    },
  });
}

/** Nothing that people write is a place for a secret: it would stand in registers, logs and exports for good. */
function refuseCredential(input: unknown): void {
  const found = findCredential(input);
  if (found === null) return;
  const what =
    found.kind === "private_key"
      ? "This is a private key."
      : "A token that signs somebody in is in this text.";
  throw new DomainError(
    "invalid",
    `${what} It was not kept and not logged, but treat it as known to others: retire it wherever it is used. Nothing was changed; take it out and send the rest again.`,
    { reason: found.kind, field: found.field },
  );
}

function wordsOf({ code, details }: DomainError): { code: string; reason: string } {
  return { code, reason: details.reason };
}

async function auditRefusal(
  ctx: Ctx,
  refusal: { action: Action; object: AuditObject; error: DomainError },
): Promise<void> {
  await ctx.db.transaction((tx) =>
    appendAudit(tx, {
      actor: ctx.actor,
      at: ctx.clock(),
      action: refusal.action,
      outcome: "denied",
      objectKind: refusal.object.kind,
      objectId: refusal.object.id,
      details: wordsOf(refusal.error),
    }),
  );
}
