import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
  consistencyPlaces,
  EMPTY_ROOT,
  frontierPlaces,
  growFrontier,
  inclusionPlaces,
  leafHash,
  nodeHash,
  rootOf,
  type TreePlace,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";
import { inclusionSides } from "./path.ts";

const VECTORS = z
  .object({
    leavesHex: z.array(z.string()),
    emptyRoot: z.string(),
    roots: z.array(z.string()),
    inclusion: z.array(z.object({ size: z.int(), index: z.int(), proof: z.array(z.string()) })),
    consistency: z.array(z.object({ first: z.int(), second: z.int(), proof: z.array(z.string()) })),
  })
  .parse(JSON.parse(readFileSync(new URL("vectors/merkle.json", import.meta.url), "utf8")));

const LEAVES = VECTORS.leavesHex.map((hex) => leafHash(Buffer.from(hex, "hex")));

/** The tree's definition, RFC 9162 section 2.1.1, written again and slowly. */
function definedRoot(leaves: readonly string[]): string {
  const [only] = leaves;
  if (only === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return only;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
}

interface Tree {
  frontier: string[];
  nodes: Map<string, string>;
}

const nameOf = ({ level, index }: TreePlace) => `${level}/${index}`;

/** Grown leaf by leaf, with what an appender would keep. */
function treeOf(leaves: readonly string[]): Tree {
  const nodes = new Map<string, string>();
  let frontier: string[] = [];
  for (const [index, leaf] of leaves.entries()) {
    nodes.set(nameOf({ level: 0, index }), leaf);
    const grown = growFrontier(frontier, index, leaf);
    for (const node of grown.made) nodes.set(nameOf(node), node.hash);
    frontier = grown.frontier;
  }
  return { frontier, nodes };
}

const proofOf = (tree: Tree, places: TreePlace[][] | null): string[] =>
  (places ?? []).map((group) => rootOf(group.map((place) => tree.nodes.get(nameOf(place)) ?? "missing")));

const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => leafHash(String(at)));

describe("the published trees", () => {
  const tree = treeOf(LEAVES);
  const root = (size: number) => VECTORS.roots[size - 1] ?? "";

  it("start with the root of nothing", () => {
    expect(EMPTY_ROOT).toBe(VECTORS.emptyRoot);
    expect(rootOf([])).toBe(VECTORS.emptyRoot);
  });

  it.each(VECTORS.roots.map((hash, at) => [at + 1, hash]))("have the root of %i leaves", (size, hash) => {
    expect(rootOf(treeOf(LEAVES.slice(0, Number(size))).frontier)).toBe(hash);
  });

  it.each(VECTORS.inclusion)("prove leaf $index of $size", ({ size, index, proof }) => {
    expect(proofOf(tree, inclusionPlaces(index, size))).toEqual(proof);
    const claim = { leaf: LEAVES[index] ?? "", index, size, root: root(size) };
    expect(verifyInclusion(claim, proof)).toBe(true);
    expect(inclusionSides(index, size)).toHaveLength(proof.length);
  });

  it.each(VECTORS.consistency)("prove $first within $second", ({ first, second, proof }) => {
    expect(proofOf(tree, consistencyPlaces(first, second))).toEqual(proof);
    const [old, grown] = [
      { size: first, root: root(first) },
      { size: second, root: root(second) },
    ];
    expect(verifyConsistency(old, grown, proof)).toBe(true);
  });
});

describe("verifyInclusion", () => {
  const claimOf = (size: number, index: number) => ({
    leaf: LEAVES[index] ?? "",
    index,
    size,
    root: VECTORS.roots[size - 1] ?? "",
  });

  it.each(VECTORS.inclusion)("refuses other claims on leaf $index of $size", ({ size, index, proof }) => {
    const claim = claimOf(size, index);
    const unprefixed = VECTORS.leavesHex[index] ?? "";
    const others = [
      { ...claim, leaf: leafHash(`\u0000${unprefixed}`) },
      { ...claim, leaf: EMPTY_ROOT },
      { ...claim, root: EMPTY_ROOT },
      { ...claim, index: size },
      { ...claim, index: -1 },
      { ...claim, index: index + 0.5 },
      { ...claim, index: Number.NaN },
      { ...claim, size: 0 },
      { ...claim, size: Number.POSITIVE_INFINITY },
      { ...claim, leaf: claim.leaf.toUpperCase().replace(/\d/g, "A") },
      { ...claim, leaf: claim.leaf.slice(2) },
    ];
    for (const other of others) expect(verifyInclusion(other, proof)).toBe(false);
    expect(verifyInclusion(claim, [...proof, EMPTY_ROOT])).toBe(false);
    for (const at of proof.keys()) {
      expect(verifyInclusion(claim, proof.toSpliced(at, 1))).toBe(false);
      expect(verifyInclusion(claim, proof.with(at, EMPTY_ROOT))).toBe(false);
      expect(verifyInclusion(claim, proof.with(at, `${proof[at] ?? ""}0`))).toBe(false);
      expect(verifyInclusion(claim, proof.toSpliced(at, 0, EMPTY_ROOT))).toBe(false);
    }
  });

  it("refuses the proof of another index and of another size", () => {
    for (const { size, index, proof } of VECTORS.inclusion) {
      for (const other of VECTORS.inclusion) {
        if (other.size === size && other.index === index) continue;
        const claim = claimOf(other.size, other.index);
        const isSame = JSON.stringify(other.proof) === JSON.stringify(proof);
        expect(verifyInclusion(claim, proof)).toBe(isSame);
      }
    }
  });

  it("takes an inner node for no leaf", () => {
    const tree = treeOf(LEAVES.slice(0, 4));
    const [left, right] = [tree.nodes.get("1/0") ?? "", tree.nodes.get("1/1") ?? ""];
    const claim = {
      leaf: leafHash(Buffer.from(left + right, "hex")),
      index: 0,
      size: 1,
      root: VECTORS.roots[3] ?? "",
    };
    expect(verifyInclusion(claim, [])).toBe(false);
  });
});

describe("verifyConsistency", () => {
  const head = (size: number) => ({ size, root: VECTORS.roots[size - 1] ?? "" });

  it.each(VECTORS.consistency)(
    "refuses other claims on $first within $second",
    ({ first, second, proof }) => {
      const [old, grown] = [head(first), head(second)];
      expect(verifyConsistency(old, grown, [...proof, EMPTY_ROOT])).toBe(false);
      expect(verifyConsistency({ ...old, root: EMPTY_ROOT }, grown, proof)).toBe(false);
      expect(verifyConsistency(old, { ...grown, root: EMPTY_ROOT }, proof)).toBe(false);
      expect(verifyConsistency(old, { ...grown, root: "0" }, proof)).toBe(false);
      expect(verifyConsistency({ ...old, root: `${old.root} ` }, grown, proof)).toBe(false);
      expect(verifyConsistency({ ...old, size: second + 1 }, grown, proof)).toBe(false);
      expect(verifyConsistency({ ...old, size: first - 0.5 }, grown, proof)).toBe(false);
      expect(verifyConsistency(old, { ...grown, size: -1 }, proof)).toBe(false);
      for (const at of proof.keys()) {
        expect(verifyConsistency(old, grown, proof.toSpliced(at, 1))).toBe(false);
        expect(verifyConsistency(old, grown, proof.with(at, EMPTY_ROOT))).toBe(false);
        expect(verifyConsistency(old, grown, proof.with(at, "g".repeat(64)))).toBe(false);
      }
    },
  );

  it("lets everything begin with nothing, and nothing else", () => {
    const nothing = { size: 0, root: EMPTY_ROOT };
    expect(verifyConsistency(nothing, head(3), [])).toBe(true);
    expect(verifyConsistency(nothing, nothing, [])).toBe(true);
    expect(verifyConsistency(nothing, head(3), [EMPTY_ROOT])).toBe(false);
    expect(verifyConsistency({ ...nothing, root: head(1).root }, head(3), [])).toBe(false);
    expect(verifyConsistency(head(1), nothing, [])).toBe(false);
  });

  it.each(VECTORS.consistency)(
    "proves nothing without a proof: $first within $second",
    ({ first, second }) => {
      const isSame = first === second || first === 0;
      expect(verifyConsistency(head(first), head(second), [])).toBe(isSame);
    },
  );

  it("refuses two roots of forked logs, whatever honest proof is shown", () => {
    const forked = treeOf([...LEAVES.slice(0, 4), ...leavesOf(4)]);
    for (const { first, second, proof } of VECTORS.consistency) {
      if (first <= 4 || second !== 8) continue;
      const grown = { size: 8, root: rootOf(forked.frontier) };
      expect(verifyConsistency(head(first), grown, proof)).toBe(false);
      expect(verifyConsistency(head(first), grown, proofOf(forked, consistencyPlaces(first, 8)))).toBe(false);
    }
  });
});

describe("a grown tree", () => {
  it("has the root that the definition gives, at every size", () => {
    const leaves = leavesOf(70);
    for (let size = 0; size <= leaves.length; size += 1) {
      const { frontier } = treeOf(leaves.slice(0, size));
      expect(rootOf(frontier)).toBe(definedRoot(leaves.slice(0, size)));
      expect(frontier).toHaveLength(frontierPlaces(size).length);
    }
  });

  it("keeps the nodes that its frontier names", () => {
    const tree = treeOf(leavesOf(45));
    expect(frontierPlaces(45).map((place) => tree.nodes.get(nameOf(place)))).toEqual(tree.frontier);
    // One inner node for each leaf but one in each complete subtree.
    expect(tree.nodes.size).toBe(45 + 45 - tree.frontier.length);
  });

  it("proves any leaf and any beginning, and no other", () => {
    const tree = treeOf(leavesOf(200));
    const rootAt = (size: number) => definedRoot(leavesOf(size));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(199), fc.nat(199), (size, one, two) => {
        const [index, other] = [one % size, two % size];
        const proof = proofOf(tree, inclusionPlaces(index, size));
        const claim = { leaf: leafHash(String(index)), index, size, root: rootAt(size) };
        expect(verifyInclusion(claim, proof)).toBe(true);
        expect(verifyInclusion({ ...claim, index: other }, proof)).toBe(index === other);
        expect(verifyInclusion({ ...claim, leaf: leafHash(String(other)) }, proof)).toBe(index === other);
        const [first, second] = [
          { size: index + 1, root: rootAt(index + 1) },
          { size, root: rootAt(size) },
        ];
        const consistency = proofOf(tree, consistencyPlaces(index + 1, size));
        expect(verifyConsistency(first, second, consistency)).toBe(true);
        const forged = { ...second, root: definedRoot([...leavesOf(size - 1), leafHash("forged")]) };
        expect(verifyConsistency(first, forged, consistency)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("has places beyond 32 bits", () => {
    const size = 2 ** 40 + 3;
    expect(frontierPlaces(size)).toEqual([
      { level: 40, index: 0 },
      { level: 1, index: 2 ** 39 },
      { level: 0, index: 2 ** 40 + 2 },
    ]);
    expect(inclusionSides(2 ** 40 + 2, size)).toEqual(["left", "left"]);
    expect(inclusionSides(0, size)).toHaveLength(41);
    expect(frontierPlaces(2 ** 52 - 1)).toHaveLength(52);
  });

  it.each<[string, number, number]>([
    ["beyond the end", 3, 3],
    ["before the start", -1, 3],
    ["between two leaves", 0.5, 3],
    ["of a broken size", 0, 2.5],
  ])("has no leaf %s", (_what, index, size) => {
    expect(inclusionPlaces(index, size)).toBeNull();
    expect(inclusionSides(index, size)).toBeNull();
  });

  it.each([
    [0, 3],
    [4, 3],
    [-1, 3],
    [1.5, 3],
    [1, 3.5],
  ])("has no proof of %d within %d", (first, second) => {
    expect(consistencyPlaces(first, second)).toBeNull();
  });

  it("refuses a frontier that is not of its size", () => {
    expect(() => growFrontier([], 1, EMPTY_ROOT)).toThrow();
    expect(() => growFrontier([EMPTY_ROOT, EMPTY_ROOT], 2, EMPTY_ROOT)).toThrow();
  });
});
