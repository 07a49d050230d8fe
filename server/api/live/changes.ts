import { TRPCError } from "@trpc/server";
import { actorOfRequest } from "#server/auth/actor.ts";
import type { ApiContext } from "../context.ts";
import { type Change, listenToChanges } from "./hub.ts";

/** How often a stream asks whether its person may still read. */
const REAUTHORISE_MS = 5_000;
/** A reader this far behind is told to read everything again instead. */
const QUEUE_MAX = 1_000;
/** Streams one person may have open; a browser needs one. */
const STREAMS_PER_PERSON = 10;

const open = new Map<string, number>();

/**
 * Announced changes for one signed-in person, until the stream or the sign-in ends. Bursts are handed over in one
 * piece, so that a fast job does not cost a message per line.
 */
export async function* changes(ctx: ApiContext, signal: AbortSignal): AsyncGenerator<Change[]> {
  const personId = ctx.actor?.personId ?? "";
  const count = open.get(personId) ?? 0;
  if (count >= STREAMS_PER_PERSON) {
    throw new TRPCError({
      code: "TOO_MANY_REQUESTS",
      message: "Too many pages of yours are following live changes.",
    });
  }
  open.set(personId, count + 1);
  let queue: Change[] = [];
  let wake: (() => void) | null = null;
  const stop = await listenToChanges(ctx.connection, (change) => {
    queue = queue.length >= QUEUE_MAX ? [{ ...change, kind: "missed" }] : [...queue, change];
    wake?.();
  });
  try {
    yield [];
    while (!signal.aborted) {
      if (queue.length === 0) await pause(REAUTHORISE_MS, signal, (resolve) => (wake = resolve));
      await requireStillSignedIn(ctx);
      const batch = queue;
      queue = [];
      if (batch.length > 0) yield batch;
    }
  } finally {
    stop();
    open.set(personId, (open.get(personId) ?? 1) - 1);
  }
}

const lastChecks = new WeakMap<ApiContext, number>();

/** Reads the session again when the last look is older than the interval; throws when the sign-in is over. */
async function requireStillSignedIn(ctx: ApiContext): Promise<void> {
  const now = ctx.clock().getTime();
  if (now - (lastChecks.get(ctx) ?? 0) < REAUTHORISE_MS) return;
  const actor = await actorOfRequest(
    { connection: ctx.connection, clock: ctx.clock, isActivity: false },
    ctx.cookieHeader,
  );
  if (actor === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "You are signed out." });
  lastChecks.set(ctx, now);
}

function pause(ms: number, signal: AbortSignal, onWake: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    onWake(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
