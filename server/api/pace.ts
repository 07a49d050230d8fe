/** Changes that one person may send at once, and how many more each second gives back. */
const BURST = 60;
const PER_SECOND = 10;
/** People remembered at once; whoever was quiet longest is forgotten first, with a full allowance. */
const REMEMBERED = 10_000;

interface Allowance {
  left: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** How fast one person may send changes to this process, so that nobody's script takes the console from the others. */
export class Pace {
  readonly #allowances = new Map<string, Allowance>();

  /** Spends one change of that person's allowance. 0 when it may go on, else the whole seconds to wait. */
  spend(personId: string, now: number): number {
    const known = this.#allowances.get(personId) ?? { left: BURST, at: now };
    const gained = (Math.max(0, now - known.at) / 1000) * PER_SECOND;
    const left = Math.min(BURST, known.left + gained);
    const wait = left >= 1 ? 0 : Math.ceil((1 - left) / PER_SECOND);
    this.#allowances.delete(personId);
    this.#allowances.set(personId, { left: wait === 0 ? left - 1 : left, at: Math.max(now, known.at) });
    const [oldest] = this.#allowances.keys();
    if (this.#allowances.size > REMEMBERED && oldest !== undefined) this.#allowances.delete(oldest);
    return wait;
  }
}
