import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../canonical/json.ts";
import { auditHash, type ChainedEntry, EMPTY_HEAD, verifyChain } from "./chain.ts";

type AuditEvent = { readonly [key: string]: Json };

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
/** RFC 9162 section 2.1.1, written again: SHA-256 over 0x00 and the leaf's bytes. */
const leafHash = (data: Buffer) => sha256(Buffer.concat([Buffer.from([0]), data]));

describe("auditHash", () => {
  // Known answers of RFC 9162 leaves: MTH of a tree with one leaf is the leaf's hash.
  it.each([
    ["", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    ["00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"],
    ["10", "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"],
  ])("stands on the published leaf hash of %j", (hex, hash) => {
    expect(leafHash(Buffer.from(hex, "hex"))).toBe(hash);
  });

  it.each<[string, AuditEvent]>([
    ["an empty event", {}],
    ["a full one", { seq: 7, prev: EMPTY_HEAD, action: "job.approve", details: { b: 1, a: ["\u20ac"] } }],
  ])("is the leaf hash of the canonical form of %s", (_what, event) => {
    expect(auditHash(event)).toBe(leafHash(Buffer.from(canonicalJson(event), "utf8")));
  });

  it("is not the hash of the bare event, so that a leaf is no inner node", () => {
    expect(auditHash({ a: 1 })).not.toBe(sha256(Buffer.from('{"a":1}')));
    expect(auditHash({ a: 1 })).not.toBe(sha256(Buffer.from('\u0001{"a":1}')));
  });

  it("starts from 64 zeros", () => {
    expect(EMPTY_HEAD).toMatch(/^0{64}$/);
  });
});

describe("verifyChain", () => {
  it.each<[string, (chain: ChainedEntry[]) => ChainedEntry[], number]>([
    ["an edit", ([a, b, ...rest]) => [...list(a), ...list(b).map(edited), ...rest], 2],
    [
      "an edit with a hash made anew",
      ([a, b, ...rest]) => [...list(a), ...list(b).map(rehashed), ...rest],
      3,
    ],
    ["an edit of the last one with a hash made anew", (chain) => chain.with(-1, rehashed(last(chain))), 4],
    ["a gap", ([a, _b, ...rest]) => [...list(a), ...rest], 2],
    ["a lost first entry", ([_a, ...rest]) => rest, 1],
    ["a lost tail", (chain) => chain.slice(0, -1), 4],
    ["nothing left", () => [], 1],
    ["a swap", ([a, b, c, ...rest]) => [...list(a), ...list(c), ...list(b), ...rest], 2],
    ["a repeat", ([a, ...rest]) => [...list(a), ...list(a), ...rest], 2],
    ["an entry beyond the head", (chain) => [...chain, following(last(chain))], 4],
  ])("names the first bad entry after %s", (_what, tamper, seq) => {
    const chain = chainOf(4);
    expect(verifyChain(tamper(chain), { seq: 4, hash: last(chain).hash })).toMatchObject({
      kind: "broken",
      seq,
      says: expect.stringContaining(`Entry ${seq}`),
    });
  });

  it.each([0, 1, 4])("finds an untouched chain of %i whole", (length) => {
    const chain = chainOf(length);
    const head = { seq: length, hash: chain.at(-1)?.hash ?? EMPTY_HEAD };
    expect(verifyChain(chain, head)).toEqual({ kind: "whole", ...head });
  });

  it("catches a chain grown anew only by a head kept elsewhere", () => {
    const [kept, forged] = [chainOf(4), chainOf(4, "forged")];
    expect(verifyChain(forged, { seq: 4, hash: last(forged).hash })).toMatchObject({ kind: "whole" });
    expect(verifyChain(forged, { seq: 4, hash: last(kept).hash })).toMatchObject({ kind: "broken", seq: 4 });
  });
});

function chainOf(length: number, action = "x"): ChainedEntry[] {
  const chain: ChainedEntry[] = [];
  while (chain.length < length) {
    chain.push(following(chain.at(-1) ?? { event: { seq: 0, previousHash: "" }, hash: EMPTY_HEAD }, action));
  }
  return chain;
}

function following({ event, hash }: ChainedEntry, action = "x"): ChainedEntry {
  const next = { seq: event.seq + 1, previousHash: hash, action };
  return { event: next, hash: auditHash(next) };
}

const edited = ({ event, hash }: ChainedEntry): ChainedEntry => ({ event: { ...event, action: "y" }, hash });
const rehashed = (entry: ChainedEntry): ChainedEntry => {
  const { event } = edited(entry);
  return { event, hash: auditHash(event) };
};
const list = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

function last(chain: readonly ChainedEntry[]): ChainedEntry {
  const entry = chain.at(-1);
  if (!entry) throw new Error("The chain is empty.");
  return entry;
}
