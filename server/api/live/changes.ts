import { DomainError } from "#server/domain/error/domain-error.ts";
import { decide } from "#server/domain/policy/decide.ts";
import { actorOfRequest } from "#server/auth/actor.ts";
import type { ApiContext } from "../context.ts";
import { toApiError } from "../error-map.ts";
import { ChangeQueue } from "./change-queue.ts";
import { type Change, listenToChanges } from "./hub.ts";

/** How often a stream asks whether its person may still read. */
const REAUTHORISE_MS = 5_000;
/** Streams one person may have open; a browser needs one. */
const STREAMS_PER_PERSON = 10;

const open = new Map<string, number>();

/**
 * Announced changes for one person, until the stream, the sign-in or the right to read ends. Bursts are handed over in
 * one piece, so that a fast job does not cost a message per line.
 */
export async function* changes(ctx: ApiContext, signal: AbortSignal): AsyncGenerator<Change[]> {
  const release = takeSeat(ctx.actor?.personId ?? "");
  const queue = new ChangeQueue();
  let stop: () => void = () => undefined;
  signal.addEventListener("abort", queue.wake, { once: true });
  try {
    stop = await listenToChanges(ctx.connection, queue.add);
    await requireReader(ctx);
    let checkedAt = ctx.clock().getTime();
    yield [];
    while (!signal.aborted) {
      await queue.wait(Math.max(0, checkedAt + REAUTHORISE_MS - ctx.clock().getTime()));
      const batch = queue.take();
      const now = ctx.clock().getTime();
      // A sign-in ended somewhere, perhaps this one: nothing announced after that may get out.
      if (now - checkedAt >= REAUTHORISE_MS || batch.some(({ kind }) => kind === "session")) {
        await requireReader(ctx);
        checkedAt = now;
      }
      if (batch.length > 0 && !signal.aborted) yield batch;
    }
  } catch (error) {
    throw toApiError(error);
  } finally {
    signal.removeEventListener("abort", queue.wake);
    stop();
    release();
  }
}

/** Counts a stream of a person until it is released; throws when there are too many. */
function takeSeat(personId: string): () => void {
  const taken = open.get(personId) ?? 0;
  if (taken >= STREAMS_PER_PERSON) {
    throw toApiError(
      new DomainError(
        "limit",
        "Too many pages of yours are following live changes. Close some, then reload.",
        { reason: "too_many_streams" },
      ),
    );
  }
  open.set(personId, taken + 1);
  return () => {
    const left = (open.get(personId) ?? 1) - 1;
    if (left > 0) open.set(personId, left);
    else open.delete(personId);
  };
}

/** Reads session and roles again; throws when the person may not follow changes any more. */
async function requireReader(ctx: ApiContext): Promise<void> {
  const given = { connection: ctx.connection, clock: ctx.clock, isActivity: false };
  const actor = await actorOfRequest(given, ctx.cookieHeader);
  if (actor === null) {
    throw new DomainError("unauthenticated", "You are signed out.", { reason: "signed_out" });
  }
  const decision = decide({ actor, action: "live.read" });
  if (decision.effect === "deny") {
    throw new DomainError("forbidden", decision.says, { reason: decision.reason });
  }
}
