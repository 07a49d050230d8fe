type Seat = { kind: "taken"; release: () => void } | { kind: "person_full" } | { kind: "all_full" };

/** Who sits on how many of a bounded number of places. */
export class Seats {
  private readonly of = new Map<string, number>();
  private taken = 0;
  private readonly most: { perPerson: number; inAll: number };

  constructor(most: { perPerson: number; inAll: number }) {
    this.most = most;
  }

  /** One more for this person, until it is released; releasing twice is releasing once. */
  take(personId: string): Seat {
    const own = this.of.get(personId) ?? 0;
    if (own >= this.most.perPerson) return { kind: "person_full" };
    if (this.taken >= this.most.inAll) return { kind: "all_full" };
    this.of.set(personId, own + 1);
    this.taken += 1;
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      this.taken -= 1;
      const left = (this.of.get(personId) ?? 1) - 1;
      if (left > 0) this.of.set(personId, left);
      else this.of.delete(personId);
    };
    return { kind: "taken", release };
  }
}
