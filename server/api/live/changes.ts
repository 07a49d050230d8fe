import { DomainError } from "#server/domain/error/domain-error.ts";
import { decide } from "#server/domain/policy/decide.ts";
import { actorOfRequest } from "#server/auth/actor.ts";
import type { ApiContext } from "../context.ts";
import { toApiError } from "../error-map.ts";
import { ChangeQueue } from "./change-queue.ts";
import { type Change, listenToChanges } from "./hub.ts";
import { Seats } from "./seats.ts";

/** How often a stream asks whether its person may still read. */
const REAUTHORISE_MS = 5_000;
/** Streams one person may have open, of which a browser needs one, and all people of one process together. */
const seats = new Seats({ perPerson: 10, inAll: 1_000 });

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
  const seat = seats.take(personId);
  if (seat.kind === "taken") return seat.release;
  const says =
    seat.kind === "person_full"
      ? "Too many pages of yours are following live changes. Close some, then reload."
      : "Too many pages of all people are following live changes. This one shows what is so now; reload it to see what is new.";
  throw toApiError(new DomainError("limit", says, { reason: "too_many_streams" }));
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
