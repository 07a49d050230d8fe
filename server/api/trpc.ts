import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { Action } from "#server/domain/policy/actions.ts";
import { log } from "#server/log.ts";
import { requireSameTime } from "#server/services/clock/agree.ts";
import type { ApiContext } from "./context.ts";
import { factsOf, toApiError } from "./error-map.ts";
import { Pace } from "./pace.ts";

interface Meta {
  /** The one action of the policy table that this procedure performs. A procedure without one does not pass the tests. */
  action: Action;
  /** Never part of a batch: one decision, one request. */
  isSingle?: boolean;
}

const t = initTRPC
  .context<ApiContext>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter: ({ shape, error }) => ({
      // Whatever was thrown outside the middleware still leaves without a word of its cause.
      message: error.code === "INTERNAL_SERVER_ERROR" ? toApiError(error).message : shape.message,
      code: shape.code,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, refusal: factsOf(error) },
    }),
  });

/** Every failure leaves through here: mapped once, logged once, without what the client may not see. */
const mapErrors = t.middleware(async ({ next, path }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toApiError(result.error);
  if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause, path }, "procedure failed");
  return { ...result, error };
});

const signedIn = t.middleware(({ ctx, meta, next }) => {
  if (ctx.actor === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in to go on." });
  if (meta?.isSingle && ctx.isBatch) {
    throw new TRPCError({
      code: "BAD_REQUEST",
      message: "This act is never part of a batch. Send it alone.",
    });
  }
  return next({ ctx: { ...ctx, actor: ctx.actor } });
});

/** What is sent is read before anything acts on it: a body that is no JSON is a mistake of the sender. */
const readable = t.middleware(async ({ getRawInput, next }) => {
  try {
    await getRawInput();
  } catch (cause) {
    throw new DomainError("invalid", "The request holds no JSON that can be read. Nothing was changed.", {
      reason: "not_json",
      cause,
    });
  }
  return next();
});

const pace = new Pace();

/** Reads are not counted: pages ask for many at once. */
const paced = t.middleware(({ ctx, type, next }) => {
  const wait = type === "mutation" && ctx.actor !== null ? pace.spend(ctx.actor.personId, Date.now()) : 0;
  if (wait > 0) {
    throw new DomainError("limit", `Too many changes at once. Nothing was changed; wait ${wait} s.`, {
      reason: "too_fast",
      facts: { retryAfterSeconds: wait },
    });
  }
  return next();
});

/** Reads go on: they say what is, and whoever looks for the cause needs them. */
const timed = t.middleware(async ({ ctx, type, next }) => {
  if (type === "mutation") await requireSameTime(ctx.connection.sql, ctx.clock);
  return next();
});

export const router = t.router;

/** A procedure for signed-in people that performs one action of the policy table. */
export function procedure(verb: { action: Action }, options: { isSingle?: boolean } = {}) {
  return t.procedure
    .meta({ action: verb.action, ...options })
    .use(mapErrors)
    .use(signedIn)
    .use(paced)
    .use(timed)
    .use(readable);
}
