import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../canonical/json.ts";
import { auditHash, EMPTY_HEAD } from "./chain.ts";

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

  it.each<[string, (chain: AuditEvent[]) => AuditEvent[], number]>([
    ["nothing", (chain) => chain, -1],
    ["an edit", (chain) => chain.map((event, at) => (at === 1 ? { ...event, action: "y" } : event)), 2],
    ["a gap", (chain) => chain.filter((_event, at) => at !== 1), 1],
    ["a lost first entry", (chain) => chain.slice(1), 0],
    ["a swap", ([a, b, c, ...rest]) => [a ?? {}, c ?? {}, b ?? {}, ...rest], 1],
    ["a repeat", ([a, ...rest]) => [a ?? {}, a ?? {}, ...rest], 1],
  ])("shows %s at the first bad entry", (_what, tamper, bad) => {
    expect(firstBad(tamper(chainOf(4)))).toBe(bad);
  });
});

function chainOf(length: number): AuditEvent[] {
  const chain: AuditEvent[] = [];
  let prev = EMPTY_HEAD;
  for (let seq = 1; seq <= length; seq += 1) {
    const event = { seq, prev, action: "x" };
    chain.push(event);
    prev = auditHash(event);
  }
  return chain;
}

function firstBad(chain: readonly AuditEvent[]): number {
  let prev = EMPTY_HEAD;
  for (const [at, event] of chain.entries()) {
    if (event["prev"] !== prev || event["seq"] !== at + 1) return at;
    prev = auditHash(event);
  }
  return -1;
}
