const ID =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g;

/** Recorded ids and the ids the embedded cloud gave the same things, learned from its answers. */
export class IdMap {
  private readonly known: Map<string, string>;

  constructor(known: ReadonlyMap<string, string> = new Map()) {
    this.known = new Map(known);
  }

  learn(recorded: string, actual: string): void {
    this.known.set(recorded, actual);
  }

  find(recorded: string): string | null {
    return this.known.get(recorded) ?? null;
  }

  /** Two recorded ids never stand for the same thing. */
  isTaken(actual: string): boolean {
    return [...this.known.values()].includes(actual);
  }

  /** A copy to try a comparison on. */
  copy(): IdMap {
    return new IdMap(this.known);
  }

  adopt(other: IdMap): void {
    for (const [recorded, actual] of other.known) this.known.set(recorded, actual);
  }

  /** Every known recorded id in the text replaced; an id never given by the cloud stays. */
  translate(text: string): string {
    return text.replaceAll(ID, (id) => this.known.get(id) ?? id);
  }
}

/** The ids in a text, in order. */
export function listIds(text: string): string[] {
  return text.match(ID) ?? [];
}
