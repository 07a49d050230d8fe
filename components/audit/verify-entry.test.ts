import { describe, expect, it } from "vitest";
import { nodeHash } from "#server/domain/audit/merkle.ts";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { headAt, KEY, logOf } from "#server/testing/audit-log.ts";
import { verifyEntry } from "./verify-entry.ts";

const LOG = logOf(3);
const HEAD = headAt(LOG, 3);
const [first = "", second = "", third = ""] = LOG.hashes;
const CANONICAL = canonicalJson(LOG.events[1] ?? {});
const PROOF = { path: [first, third], head: HEAD, publicKey: KEY.publicKey };

describe("verifyEntry", () => {
  it("folds the path from the entry's bytes to the signed root", async () => {
    const inner = nodeHash(first, second);
    expect(await verifyEntry(2, CANONICAL, PROOF)).toEqual({
      leaf: second,
      steps: [
        { side: "left", sibling: first, result: inner },
        { side: "right", sibling: third, result: HEAD.root },
      ],
      fits: true,
      signature: "fits",
    });
  });

  it.each([
    ["another entry's bytes", { canonical: `${CANONICAL} ` }],
    ["another number", { seq: 1 }],
    ["a number beyond the head", { seq: 4 }],
    ["a path too short", { proof: { ...PROOF, path: [first] } }],
    ["a path too long", { proof: { ...PROOF, path: [first, third, third] } }],
    ["another root", { proof: { ...PROOF, head: { ...HEAD, root: first } } }],
  ])("does not fit with %s", async (_what, over) => {
    const { seq, canonical, proof } = { seq: 2, canonical: CANONICAL, proof: PROOF, ...over };
    expect((await verifyEntry(seq, canonical, proof)).fits).toBe(false);
  });

  it("tells a head that was not signed like that", async () => {
    const head = { ...HEAD, at: "2026-03-02T00:00:00.000Z" };
    expect(await verifyEntry(2, CANONICAL, { ...PROOF, head })).toMatchObject({
      fits: true,
      signature: "wrong",
    });
  });

  it("says so when the key cannot be used", async () => {
    expect(await verifyEntry(2, CANONICAL, { ...PROOF, publicKey: "AA" })).toMatchObject({
      signature: "unknown",
    });
  });
});
