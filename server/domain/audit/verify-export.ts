import { EMPTY_HEAD } from "./chain.ts";
import { type AuditRecord, readRecord } from "./event.ts";
import { type ExportHeader, keyIdIn, provenHead, readHeader } from "./export.ts";
import type { SignedHead } from "./head.ts";
import { headProblem } from "./head.ts";
import { growFrontier, rootOf, verifyInclusion } from "./merkle.ts";

/** An entry stamped so much earlier than one before it was written by a clock that had been set back. */
export const CLOCK_BACK_MS = 10_000;
const ANOMALIES_SHOWN = 100;

export interface ClockAnomaly {
  seq: number;
  backByMs: number;
}

export type ExportVerdict =
  | {
      kind: "whole";
      of: ExportHeader["kind"];
      count: number;
      head: SignedHead;
      publicKey: string;
      /** How many kept heads it agrees with. */
      keptHeads: number;
      /** Entries whose time lies before an earlier one's: the first hundred, and how many there are. */
      clock: { anomalies: ClockAnomaly[]; total: number };
    }
  /** `seq` is the first bad entry, 0 when it is the header or what was kept. */
  | { kind: "broken"; seq: number; says: string };

type Broken = Extract<ExportVerdict, { kind: "broken" }>;

const broken = (seq: number, says: string): Broken => ({ kind: "broken", seq, says });

/** What a verifier holds against an export, from elsewhere than the installation. */
export interface Kept {
  readonly heads: readonly SignedHead[];
  /** Public key that has to be the installation's, or null. */
  readonly publicKey: string | null;
}

/**
 * Verifies an export line by line in constant memory. `line` answers what is broken as soon as it is certain; after
 * that, and after the last line, `end` has the verdict.
 */
export class ExportVerifier {
  private readonly kept: Kept;
  private header: ExportHeader | null = null;
  private broken: Broken | null = null;
  private entries: LogEntries | SelectedEntries | null = null;

  constructor(kept: Kept) {
    this.kept = kept;
  }

  line(text: string): Broken | null {
    if (this.broken !== null) return this.broken;
    this.broken = this.entries === null ? this.begin(text) : this.entries.take(text);
    return this.broken;
  }

  end(): ExportVerdict {
    if (this.broken !== null) return this.broken;
    if (this.header === null || this.entries === null) return broken(0, "The export is empty.");
    const problem = this.entries.end();
    if (problem !== null) return problem;
    return {
      kind: "whole",
      of: this.header.kind,
      count: this.header.count,
      head: provenHead(this.header),
      publicKey: this.header.publicKey,
      keptHeads: this.kept.heads.length,
      clock: this.entries.clock.found(),
    };
  }

  private begin(text: string): Broken | null {
    const read = readHeader(text);
    if (read.kind === "bad") return broken(0, read.says);
    const { header } = read;
    const problem = keptProblem(this.kept, header);
    if (problem !== null) return broken(0, problem);
    this.header = header;
    this.entries =
      header.kind === "log"
        ? new LogEntries(header, this.kept.heads)
        : new SelectedEntries(header, this.kept.heads);
    return this.entries.problem;
  }
}

/** The kept heads have to be of the same installation: another key would prove another log. */
function keptProblem(kept: Kept, header: ExportHeader): string | null {
  if (kept.publicKey !== null && kept.publicKey !== header.publicKey) {
    return `The export is of the key ${keyIdIn(header)}, not of the key that was given.`;
  }
  for (const head of kept.heads) {
    const problem = headProblem(head, header.publicKey);
    if (problem !== null)
      return `The kept head over ${head.size} entries does not fit this export: ${problem}.`;
  }
  return null;
}

class ClockWatch {
  private newest = Number.NEGATIVE_INFINITY;
  private readonly anomalies: ClockAnomaly[] = [];
  private total = 0;

  see({ seq, at }: { seq: number; at: string }): void {
    const time = Date.parse(at);
    const backByMs = this.newest - time;
    this.newest = Math.max(this.newest, time);
    if (backByMs <= CLOCK_BACK_MS) return;
    this.total += 1;
    if (this.anomalies.length < ANOMALIES_SHOWN) this.anomalies.push({ seq, backByMs });
  }

  found(): { anomalies: ClockAnomaly[]; total: number } {
    return { anomalies: this.anomalies, total: this.total };
  }
}

/** Every entry from the first on: chained, and with the signed root wherever a head stands. */
class LogEntries {
  readonly clock = new ClockWatch();
  readonly problem: Broken | null = null;
  private readonly heads: SignedHead[];
  private readonly count: number;
  private frontier: string[] = [];
  private last = { seq: 0, hash: EMPTY_HEAD };
  /** Size of the newest head that the entries so far agree with. */
  private proven = 0;
  /** An entry that does not follow: whether it or the one before was changed, the next one tells. */
  private torn: { seq: number; hash: string } | null = null;

  constructor(header: ExportHeader, kept: readonly SignedHead[]) {
    this.count = header.count;
    this.heads = [...header.heads, ...kept].sort((a, b) => a.size - b.size);
    const head = header.heads.at(-1);
    if (head?.size !== header.count) {
      this.problem = broken(0, "The header's newest head is not over as many entries as the header names.");
    } else {
      this.problem = this.meetHeads();
    }
  }

  take(text: string): Broken | null {
    const seq = (this.torn?.seq ?? this.last.seq) + 1;
    const read = readRecord(text);
    if (this.torn !== null) {
      const isFollowed = read.kind === "record" && read.record.event.previousHash === this.torn.hash;
      return this.tornApart(isFollowed);
    }
    if (read.kind === "bad") return broken(seq, `Entry ${seq} ${read.says}.`);
    return this.follow(seq, read.record);
  }

  end(): Broken | null {
    if (this.torn !== null) return this.tornApart(false);
    if (this.last.seq < this.count) {
      return broken(
        this.last.seq + 1,
        `Entry ${this.last.seq + 1} is missing: the head stands at ${this.count}.`,
      );
    }
    const [beyond] = this.heads.filter(({ size }) => size > this.count);
    if (beyond === undefined) return null;
    const seq = this.count + 1;
    return broken(
      seq,
      `Entry ${seq} is missing: a kept head stands at ${beyond.size}, so the end was cut off.`,
    );
  }

  private follow(seq: number, { event, hash, proof }: AuditRecord): Broken | null {
    if (proof !== undefined) return broken(seq, `Entry ${seq} has not the members of an entry.`);
    if (event.seq > seq)
      return broken(seq, `Entry ${seq} is missing: entry ${event.seq} stands in its place.`);
    if (event.seq < seq) return this.earlier(seq, { seq: event.seq, hash });
    if (seq > this.count)
      return broken(seq, `Entry ${seq} stands after the head, which is at ${this.count}.`);
    if (event.previousHash !== this.last.hash) {
      if (seq === 1) return broken(1, "Entry 1 is not the first of a log.");
      this.torn = { seq, hash };
      return null;
    }
    this.clock.see(event);
    ({ frontier: this.frontier } = growFrontier(this.frontier, this.last.seq, hash));
    this.last = { seq, hash };
    return this.meetHeads();
  }

  private earlier(place: number, found: { seq: number; hash: string }): Broken {
    const { seq } = found;
    return seq === this.last.seq && found.hash !== this.last.hash
      ? broken(seq, `Two entries have the number ${seq}: one was put in.`)
      : broken(place, `Entry ${seq} stands a second time, in the place of entry ${place}.`);
  }

  /** A next entry that follows the torn one shows that the one before the tear was put in or changed. */
  private tornApart(isFollowed: boolean): Broken {
    const { seq } = this.last;
    return isFollowed
      ? broken(seq, `Entry ${seq} is not the one that entry ${seq + 1} follows: it was changed or put in.`)
      : broken(seq + 1, `Entry ${seq + 1} does not follow the entry before it.`);
  }

  private meetHeads(): Broken | null {
    const { seq } = this.last;
    for (let [head] = this.heads; head?.size === seq; [head] = this.heads) {
      if (head.root !== rootOf(this.frontier)) {
        const [from, to] = [this.proven + 1, seq];
        return broken(
          Math.min(from, to),
          `Entries ${from} to ${to} are not the ones that were signed at ${head.at}: the log was written anew from one of them on.`,
        );
      }
      this.proven = seq;
      this.heads.shift();
    }
    return null;
  }
}

/** Entries that stand alone: each is proven to be in the tree of the head. */
class SelectedEntries {
  readonly clock = new ClockWatch();
  readonly problem: Broken | null = null;
  private readonly header: ExportHeader;
  private last = 0;
  private taken = 0;

  constructor(header: ExportHeader, kept: readonly SignedHead[]) {
    this.header = header;
    // A kept head can prove nothing about a selection but that of its own size.
    const head = provenHead(header);
    const other = kept.find(({ size, root }) => size === head.size && root !== head.root);
    if (other)
      this.problem = broken(
        0,
        `The kept head over ${other.size} entries has another root than the export's.`,
      );
  }

  take(text: string): Broken | null {
    const read = readRecord(text);
    const place = this.taken + 1;
    if (read.kind === "bad") return broken(this.last + 1, `The entry on line ${place + 1} ${read.says}.`);
    const { event, hash, proof } = read.record;
    const { seq } = event;
    if (seq <= this.last)
      return broken(seq, `Entry ${seq} stands after entry ${this.last}: the order was changed.`);
    const { size, root } = provenHead(this.header);
    const claim = { leaf: hash, index: seq - 1, size, root };
    if (proof === undefined || !verifyInclusion(claim, proof)) {
      return broken(seq, `Entry ${seq} is not proven to be in the log of the signed head.`);
    }
    this.clock.see(event);
    [this.last, this.taken] = [seq, place];
    return null;
  }

  end(): Broken | null {
    const { count } = this.header;
    if (this.taken === count) return null;
    return broken(this.last + 1, `The header names ${count} entries, and ${this.taken} are there.`);
  }
}
