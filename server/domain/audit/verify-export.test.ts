import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AT,
  headAt,
  KEY,
  lineOf,
  linesOf,
  logOf,
  rehashedEntry,
  STRANGER,
} from "#server/testing/audit-log.ts";
import { canonicalJson, type Json } from "../canonical/json.ts";
import { EMPTY_HEAD } from "./chain.ts";
import { parseJson } from "./event.ts";
import { EXPORT_HEADS_MAX, headerLine } from "./export.ts";
import { headProblem, type SignedHead } from "./head.ts";
import { installationKey, isPublicKey, isSignedBy, keyIdOf } from "./installation-key.ts";
import { growFrontier, inclusionPlaces, rootOf } from "./merkle.ts";
import { ExportVerifier, type ExportVerdict, type Kept } from "./verify-export.ts";

const NOTHING: Kept = { heads: [], publicKey: null };

function verdictOf(lines: readonly string[], kept: Partial<Kept> = {}): ExportVerdict {
  const verifier = new ExportVerifier({ ...NOTHING, ...kept });
  for (const line of lines) verifier.line(line);
  return verifier.end();
}

const LOG = logOf(9);
const LINES = linesOf(LOG);
const rehashed = (seq: number, over: { [key: string]: Json }) => rehashedEntry(LOG, seq, over);

describe("a whole log", () => {
  it.each([0, 1, 2, 9])("of %i entries verifies, with every kept head of it", (count) => {
    const log = logOf(count);
    const heads = [0, 1, count].filter((size) => size <= count).map((size) => headAt(log, size));
    expect(verdictOf(linesOf(log), { heads, publicKey: KEY.publicKey })).toMatchObject({
      kind: "whole",
      count,
      head: { size: count, root: headAt(log, count).root },
      publicKey: KEY.publicKey,
      keptHeads: heads.length,
      clock: { anomalies: [], total: 0 },
    });
  });

  it("names entries stamped by a clock that went back", () => {
    const back = logOf(6, (seq) => (seq === 4 ? { at: AT.toISOString().replace("10:", "09:") } : {}));
    expect(verdictOf(linesOf(back))).toMatchObject({
      kind: "whole",
      clock: { anomalies: [{ seq: 4, backByMs: 3_603_000 }], total: 1 },
    });
    const many = logOf(150, (seq) => (seq > 1 ? { at: "2020-01-01T00:00:00.000Z" } : {}));
    const verdict = verdictOf(linesOf(many));
    expect(verdict).toMatchObject({ clock: { total: 149 } });
    expect(verdict.kind === "whole" && verdict.clock.anomalies).toHaveLength(100);
    const slightly = logOf(6, (seq) => ({ at: new Date(AT.getTime() - seq * 1000).toISOString() }));
    expect(verdictOf(linesOf(slightly))).toMatchObject({ clock: { total: 0 } });
  });
});

describe("a changed log", () => {
  it.each<[string, (lines: string[]) => string[], number]>([
    ["an edit", (lines) => lines.with(4, (lines[4] ?? "").replace("job-4", "job-5")), 4],
    ["an edit with a new hash", (lines) => lines.with(4, rehashed(4, { objectId: "job-5" })), 4],
    ["an edit of the first with a new hash", (lines) => lines.with(1, rehashed(1, { objectId: "x" })), 1],
    ["another hash before it", (lines) => lines.with(4, rehashed(4, { previousHash: EMPTY_HEAD })), 4],
    [
      "another hash before the first",
      (lines) => lines.with(1, rehashed(1, { previousHash: "1".repeat(64) })),
      1,
    ],
    ["another hash before the last", (lines) => lines.with(9, rehashed(9, { previousHash: EMPTY_HEAD })), 9],
    ["an edit of the last with a new hash", (lines) => lines.with(9, rehashed(9, { objectId: "x" })), 1],
    ["a lost entry", (lines) => lines.toSpliced(4, 1), 4],
    ["a lost first entry", (lines) => lines.toSpliced(1, 1), 1],
    ["an entry put in", (lines) => lines.toSpliced(4, 0, rehashed(4, { objectId: "x" })), 4],
    ["a repeated entry", (lines) => lines.toSpliced(4, 0, lines[3] ?? ""), 4],
    ["two swapped", (lines) => lines.with(4, lines[5] ?? "").with(5, lines[4] ?? ""), 4],
    ["all in reverse", ([header = "", ...rest]) => [header, ...rest.toReversed()], 1],
    ["a cut end", (lines) => lines.slice(0, -2), 8],
    ["nothing but the header", ([header = ""]) => [header], 1],
    ["an entry after the head", (lines) => [...lines, lineOf(logOf(10).events[9] ?? {})], 10],
    ["a cut line", (lines) => lines.with(4, (lines[4] ?? "").slice(0, -3)), 4],
    ["an empty line", (lines) => lines.toSpliced(4, 0, ""), 4],
    ["members in another order", (lines) => lines.with(4, reordered(lines[4] ?? "")), 4],
    ["a space", (lines) => lines.with(4, `${lines[4] ?? ""} `), 4],
    [
      "a member twice",
      (lines) => lines.with(4, (lines[4] ?? "").replace('{"event"', '{"hash":"1","event"')),
      4,
    ],
    ["a member too many", (lines) => lines.with(4, rehashed(4, { extra: 1 })), 4],
    [
      "a member of the line too many",
      (lines) => lines.with(4, lineOf(LOG.events[3] ?? {}, { proof: [] })),
      4,
    ],
    ["an event that is none", (lines) => lines.with(4, canonicalJson({ event: 4, hash: EMPTY_HEAD })), 4],
    ["a line that is none", (lines) => lines.with(4, "null"), 4],
    [
      "a number that has no canonical form",
      (lines) => lines.with(4, (lines[4] ?? "").replace('"number":4', '"number":1e999')),
      4,
    ],
    ["another header", (lines) => lines.with(0, "{}"), 0],
    ["a header with a space", (lines) => lines.with(0, ` ${lines[0] ?? ""}`), 0],
    [
      "a header of more entries",
      (lines) => lines.with(0, (lines[0] ?? "").replace('"count":9', '"count":10')),
      0,
    ],
    [
      "a head over more entries",
      (lines) => lines.with(0, (lines[0] ?? "").replace('"size":9', '"size":10')),
      0,
    ],
    ["nothing left", () => [], 0],
  ])("names the first bad entry after %s", (_what, tamper, seq) => {
    expect(verdictOf(tamper([...LINES]))).toMatchObject({ kind: "broken", seq });
  });

  it("stays broken, whatever comes after", () => {
    const verifier = new ExportVerifier(NOTHING);
    const [header = "", ...rest] = LINES;
    verifier.line(header);
    const first = verifier.line("null");
    expect(first).toMatchObject({ kind: "broken", seq: 1 });
    for (const line of rest) expect(verifier.line(line)).toEqual(first);
    expect(verifier.end()).toEqual(first);
  });

  it("does not verify with any one byte of an entry changed, and names that entry", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        fc.integer({ min: 1, max: 126 }),
        (seq, where, by) => {
          const line = LINES[seq] ?? "";
          const at = where % line.length;
          const code = (line.charCodeAt(at) + by) % 127;
          const changed = line.slice(0, at) + String.fromCharCode(code) + line.slice(at + 1);
          fc.pre(changed !== line);
          const verdict = verdictOf(LINES.with(seq, changed));
          // A changed number of the entry reads as a lost or repeated one, at the same place.
          expect(verdict).toMatchObject({ kind: "broken", seq });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("does not verify with any one byte of the header changed", () => {
    const header = LINES[0] ?? "";
    for (const at of Array.from(header).keys()) {
      const code = header.charCodeAt(at) ^ 1;
      const changed = header.slice(0, at) + String.fromCharCode(code) + header.slice(at + 1);
      expect(verdictOf(LINES.with(0, changed)).kind).toBe("broken");
    }
  });
});

describe("a log written anew", () => {
  const forged = logOf(9, (seq) => (seq >= 6 ? { objectId: "forged" } : {}));

  it("is caught by the heads of the export itself", () => {
    const lines = linesOf(forged, [headAt(LOG, 4), headAt(LOG, 7), headAt(forged, 9)]);
    expect(verdictOf(lines)).toMatchObject({
      kind: "broken",
      seq: 5,
      says: expect.stringContaining("5 to 7"),
    });
  });

  it("with the installation's own key is caught only by a head kept elsewhere", () => {
    const lines = linesOf(forged);
    expect(verdictOf(lines)).toMatchObject({ kind: "whole" });
    expect(verdictOf(lines, { heads: [headAt(LOG, 5)] })).toMatchObject({ kind: "whole" });
    expect(verdictOf(lines, { heads: [headAt(LOG, 6)] })).toMatchObject({ kind: "broken", seq: 1 });
    const kept = [headAt(LOG, 8), headAt(LOG, 5), headAt(LOG, 3)];
    expect(verdictOf(lines, { heads: kept })).toMatchObject({ kind: "broken", seq: 6 });
  });

  it("shorter than a kept head is a cut end", () => {
    const cut = logOf(6);
    expect(verdictOf(linesOf(cut))).toMatchObject({ kind: "whole" });
    expect(verdictOf(linesOf(cut), { heads: [headAt(LOG, 9)] })).toMatchObject({ kind: "broken", seq: 7 });
  });

  it("is caught where two heads of one size differ", () => {
    const lines = linesOf(LOG, [headAt(forged, 9), headAt(LOG, 9)]);
    expect(verdictOf(lines)).toMatchObject({ kind: "broken" });
  });

  it.each<[string, string[], Partial<Kept>]>([
    ["whose header is signed by nobody", linesOf(LOG, [headAt(LOG, 9, STRANGER)]), {}],
    [
      "of a stranger, by the key",
      linesOf(LOG, [headAt(LOG, 9, STRANGER)], STRANGER),
      { publicKey: KEY.publicKey },
    ],
    [
      "of a stranger, by a kept head",
      linesOf(LOG, [headAt(LOG, 9, STRANGER)], STRANGER),
      { heads: [headAt(LOG, 9)] },
    ],
    ["whose heads shrink", linesOf(LOG, [headAt(LOG, 9), headAt(LOG, 3)]), {}],
    ["whose newest head is short", linesOf(LOG, [headAt(LOG, 8)]), {}],
    [
      "with a head that was edited",
      linesOf(LOG, [{ ...headAt(LOG, 9), at: "2026-03-02T10:00:00.000Z" }]),
      {},
    ],
    ["with too many heads", linesOf(LOG, Array<SignedHead>(EXPORT_HEADS_MAX + 1).fill(headAt(LOG, 9))), {}],
    ["without a head", linesOf(LOG, []), {}],
  ])("%s is refused at its header", (_what, lines, kept) => {
    expect(verdictOf(lines, kept)).toMatchObject({ kind: "broken", seq: 0 });
  });

  it("refuses a kept head that was edited", () => {
    expect(verdictOf(LINES, { heads: [{ ...headAt(LOG, 9), size: 8 }] })).toMatchObject({
      kind: "broken",
      seq: 0,
    });
  });
});

describe("a selection", () => {
  const proofFor = (index: number, size = 9) =>
    (inclusionPlaces(index, size) ?? []).map((group) =>
      rootOf(
        group.map(({ level, index: at }) => {
          const width = 2 ** level;
          let frontier: string[] = [];
          for (const [n, hash] of LOG.hashes.slice(at * width, (at + 1) * width).entries()) {
            ({ frontier } = growFrontier(frontier, n, hash));
          }
          return rootOf(frontier);
        }),
      ),
    );
  const selected = (seq: number) => lineOf(LOG.events[seq - 1] ?? {}, { proof: proofFor(seq - 1) });
  const header = (count: number) =>
    headerLine({ kind: "selection", publicKey: KEY.publicKey, count, heads: [headAt(LOG, 9)] });
  const lines = [header(3), selected(2), selected(5), selected(9)];

  it("of proven entries verifies", () => {
    expect(verdictOf(lines, { heads: [headAt(LOG, 9), headAt(LOG, 2)] })).toMatchObject({
      kind: "whole",
      of: "selection",
      count: 3,
    });
    expect(verdictOf([header(0)])).toMatchObject({ kind: "whole", count: 0 });
  });

  it.each<[string, string[], number]>([
    ["an edit", lines.with(2, (lines[2] ?? "").replace("job-5", "job-6")), 3],
    [
      "an edit with a new hash",
      lines.with(2, lineOf({ ...LOG.events[4], objectId: "x" }, { proof: proofFor(4) })),
      5,
    ],
    ["the proof of another entry", lines.with(2, lineOf(LOG.events[4] ?? {}, { proof: proofFor(5) })), 5],
    ["no proof", lines.with(2, lineOf(LOG.events[4] ?? {})), 5],
    ["a proof too short", lines.with(2, lineOf(LOG.events[4] ?? {}, { proof: proofFor(4).slice(1) })), 5],
    ["a lost entry", lines.toSpliced(2, 1), 10],
    ["a lost last entry", lines.slice(0, -1), 6],
    ["another order", lines.with(1, lines[2] ?? "").with(2, lines[1] ?? ""), 2],
    ["a repeat", lines.toSpliced(2, 0, lines[1] ?? ""), 2],
    ["one more", [header(2), ...lines.slice(1)], 10],
  ])("is broken by %s", (_what, changed, seq) => {
    expect(verdictOf(changed)).toMatchObject({ kind: "broken", seq });
  });

  it("is refused beside a kept head of the same size with another root", () => {
    const other = headAt(
      logOf(9, () => ({ objectId: "x" })),
      9,
    );
    expect(verdictOf(lines, { heads: [other] })).toMatchObject({ kind: "broken", seq: 0 });
  });
});

describe("the installation's key", () => {
  // RFC 8032 section 7.1, TEST 1.
  const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
  const raw = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

  it("has the public key that RFC 8032 gives for its seed", () => {
    const key = installationKey(seed);
    expect(Buffer.from(key.publicKey, "base64url").toString("hex")).toBe(raw);
    expect(key.keyId).toBe(keyIdOf(key.publicKey));
    expect(key.keyId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.stringify(key)).not.toContain(seed.toString("base64url"));
  });

  it.each([0, 31, 33])("is not made of %i bytes", (length) => {
    expect(() => installationKey(new Uint8Array(length))).toThrow(RangeError);
  });

  it("signs what only its public key verifies", () => {
    const signature = KEY.sign({ a: 1 });
    expect(isSignedBy(KEY.publicKey, { a: 1 }, signature)).toBe(true);
    expect(isSignedBy(KEY.publicKey, { a: 2 }, signature)).toBe(false);
    expect(isSignedBy(STRANGER.publicKey, { a: 1 }, signature)).toBe(false);
    for (const other of ["", "AA", `${signature}=`, signature.slice(1), `${signature}AA`, "!".repeat(86)]) {
      expect(isSignedBy(KEY.publicKey, { a: 1 }, other)).toBe(false);
    }
    for (const other of ["", "AA", `${KEY.publicKey}=`, `${KEY.publicKey}A`]) {
      expect(isPublicKey(other)).toBe(false);
      expect(isSignedBy(other, { a: 1 }, signature)).toBe(false);
    }
  });

  it("signs heads in every member", () => {
    const head = headAt(LOG, 3);
    expect(headProblem(head, KEY.publicKey)).toBeNull();
    expect(headProblem(head, STRANGER.publicKey)).toContain("another key");
    expect(headProblem({ ...head, key: STRANGER.keyId }, KEY.publicKey)).toContain("another key");
    for (const other of [
      { size: 4 },
      { root: EMPTY_HEAD },
      { at: "2026-03-01T10:00:00.001Z" },
      { signature: "" },
    ]) {
      expect(headProblem({ ...head, ...other }, KEY.publicKey)).toContain("signature");
    }
  });
});

function reordered(line: string): string {
  const value = parseJson(line);
  if (typeof value !== "object" || value === null) throw new Error("The line is no object.");
  return JSON.stringify(Object.fromEntries(Object.entries(value).toReversed()));
}
