/** Work in lanes: of one lane strictly in the order in which it was put there, of different lanes beside each other. */
export interface Lanes<T> {
  /** Puts work at the end of its lane. */
  add(lane: string, item: T): void;
  /** The next piece of work that may begin; null while every lane that has any is busy. Its lane is busy from then on. */
  next(): { lane: string; item: T } | null;
  /** The lane's work is over: its next piece waits behind those of every other lane that waits now. */
  done(lane: string): void;
}

/**
 * Lanes that take turns. Whoever waits is begun before any lane has begun twice more: a lane goes to the end of the ring
 * when its work is over, so none starves, however much another one has to do.
 */
export function openLanes<T>(): Lanes<T> {
  const waiting = new Map<string, T[]>();
  const busy = new Set<string>();
  // A lane stands in the ring when it has work and is not busy, and once.
  const ring = new Set<string>();
  return {
    add(lane, item) {
      const items = waiting.get(lane) ?? [];
      items.push(item);
      waiting.set(lane, items);
      if (!busy.has(lane)) ring.add(lane);
    },
    next() {
      const [lane] = ring;
      if (lane === undefined) return null;
      ring.delete(lane);
      const items = waiting.get(lane) ?? [];
      const item = items.shift();
      if (items.length === 0) waiting.delete(lane);
      if (item === undefined) return null;
      busy.add(lane);
      return { lane, item };
    },
    done(lane) {
      busy.delete(lane);
      if (waiting.has(lane)) ring.add(lane);
    },
  };
}
