import type { Db } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import type { DecisionPolicy } from "#server/domain/decision/decide.ts";
import { writeDecisions } from "../access/ask.ts";
import { getAccess } from "../access/rows.ts";
import type { Decided } from "./service.ts";

/** A change of registry or package is in force within this time. */
const LOOK_MS = 500;
/** What was not seen to be the newest for this long decides nothing any more. */
const STALE_MS = 10_000;
const COPIED_AT_ONCE = 500;
const COPIES_MAX = 50_000;

/**
 * Follows what is in force in the database and copies decisions there for the console's pages; the log file is the
 * record. A new registry or package replaces the old one whole, between two questions.
 */
export class AccessFollower {
  readonly #db: Db;
  readonly #clock: Clock;
  #present: { policy: DecisionPolicy; seenAt: number } | null = null;
  #copies: Decided[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isEnded = false;

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Looks once, then again and again. */
  async begin(): Promise<void> {
    await this.#look();
  }

  /** What decides now, or null where the newest is not known. */
  readonly policy = (): DecisionPolicy | null => {
    const { policy = null, seenAt = 0 } = this.#present ?? {};
    return this.#clock().getTime() - seenAt > STALE_MS ? null : policy;
  };

  readonly keep = (decided: readonly Decided[]): void => {
    if (this.#copies.length < COPIES_MAX) this.#copies.push(...decided);
  };

  async end(): Promise<void> {
    this.#isEnded = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#copy();
  }

  async #look(): Promise<void> {
    try {
      const seenAt = this.#clock().getTime();
      const { registry, package: inForce } = await getAccess(this.#db);
      this.#present = { policy: accessPolicy(registry, inForce), seenAt };
    } catch {
      // The database is away or holds nothing to decide by; what was seen last counts until it is stale.
    }
    await this.#copy();
    if (!this.#isEnded) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #copy(): Promise<void> {
    while (this.#copies.length > 0) {
      const some = this.#copies.slice(0, COPIED_AT_ONCE);
      try {
        await writeDecisions(
          this.#db,
          some.map((one) => ({ asker: "service" as const, ...one })),
        );
      } catch {
        // Tried again with the next look.
        return;
      }
      this.#copies = this.#copies.slice(some.length);
    }
  }
}
