import { createHash } from "node:crypto";
import { assert } from "../error/domain-error.ts";
import { inclusionSides, isCount } from "./path.ts";

/** Root of the tree without leaves: SHA-256 of nothing. Hashes are 64 lower-case hex digits throughout. */
export const EMPTY_ROOT = createHash("sha256").digest("hex");

const HASH = /^[0-9a-f]{64}$/;

/** RFC 9162 section 2.1.1: SHA-256 over 0x00 and the leaf. A text stands for its UTF-8 bytes. */
export function leafHash(data: string | Uint8Array): string {
  return createHash("sha256").update("\0", "latin1").update(data).digest("hex");
}

/** RFC 9162 section 2.1.1: SHA-256 over 0x01 and both children. */
export function nodeHash(left: string, right: string): string {
  return createHash("sha256")
    .update("\u0001", "latin1")
    .update(left, "hex")
    .update(right, "hex")
    .digest("hex");
}

/** A complete subtree: the 2^level leaves from index * 2^level on. Level 0 are the leaves. */
export interface TreePlace {
  readonly level: number;
  readonly index: number;
}

export interface TreeNode extends TreePlace {
  readonly hash: string;
}

/** The complete subtrees that the leaves from `from` up to `to` fall into, largest first. `from` is aligned. */
function placesOf(from: number, to: number): TreePlace[] {
  const places: TreePlace[] = [];
  let at = from;
  while (at < to) {
    let [level, width] = [0, 1];
    while (width * 2 <= to - at) [level, width] = [level + 1, width * 2];
    places.push({ level, index: at / width });
    at += width;
  }
  return places;
}

/** The complete subtrees of a tree of `size` leaves, largest first: their hashes are its frontier. */
export function frontierPlaces(size: number): TreePlace[] {
  return placesOf(0, size);
}

/**
 * Adds one leaf to a tree of `size` leaves, known by the hashes of its complete subtrees (largest first). Answers the
 * new ones and every inner node that became complete: at most log2(size) of them, one on average.
 */
export function growFrontier(
  frontier: readonly string[],
  size: number,
  leaf: string,
): { frontier: string[]; made: TreeNode[] } {
  const places = frontierPlaces(size);
  assert(places.length === frontier.length, "a frontier has one hash for each complete subtree");
  const [made, kept]: [TreeNode[], string[]] = [[], []];
  let node: TreeNode = { level: 0, index: size, hash: leaf };
  for (const left of frontier.toReversed()) {
    // An odd index is a right child, and the smallest subtree that stands is its left sibling.
    if (node.index % 2 === 1) {
      node = {
        level: node.level + 1,
        index: Math.floor(node.index / 2),
        hash: nodeHash(left, node.hash),
      };
      made.push(node);
    } else {
      kept.unshift(left);
    }
  }
  return { frontier: [...kept, node.hash], made };
}

/** Root over the hashes of complete subtrees, largest first. */
export function rootOf(frontier: readonly string[]): string {
  const last = frontier.at(-1);
  if (last === undefined) return EMPTY_ROOT;
  return frontier.slice(0, -1).reduceRight((root, left) => nodeHash(left, root), last);
}

/**
 * What the inclusion proof of leaf `index` in a tree of `size` leaves is made of, RFC 9162 section 2.1.3.1: for each
 * element the complete subtrees whose root it is. Null when there is no such leaf.
 */
export function inclusionPlaces(index: number, size: number): TreePlace[][] | null {
  if (!isCount(index) || !isCount(size) || index >= size) return null;
  const path: TreePlace[][] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.unshift(placesOf(middle, to));
      to = middle;
    } else {
      path.unshift(placesOf(from, middle));
      from = middle;
    }
  }
  return path;
}

/** The same of the proof that a tree of `first` leaves is the beginning of one of `second`, section 2.1.4.1. */
export function consistencyPlaces(first: number, second: number): TreePlace[][] | null {
  if (!isCount(first) || !isCount(second) || first === 0 || first > second) return null;
  const path: TreePlace[][] = [];
  let [from, to] = [0, second];
  while (to > first) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      path.unshift(placesOf(middle, to));
      to = middle;
    } else {
      path.unshift(placesOf(from, middle));
      from = middle;
    }
  }
  // From 0 on it is the first tree itself, whose root the verifier has.
  return from === 0 ? path : [placesOf(from, to), ...path];
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let width = 1;
  while (width * 2 < size) width *= 2;
  return width;
}

/** Whether the leaf's hash stands at `index` of the tree of `size` leaves with that root. */
export function verifyInclusion(
  claim: { readonly leaf: string; readonly index: number; readonly size: number; readonly root: string },
  proof: readonly string[],
): boolean {
  const sides = inclusionSides(claim.index, claim.size);
  if (sides === null || sides.length !== proof.length) return false;
  if (![claim.leaf, claim.root, ...proof].every((hash) => HASH.test(hash))) return false;
  const root = proof.reduce(
    (hash, other, at) => (sides[at] === "left" ? nodeHash(other, hash) : nodeHash(hash, other)),
    claim.leaf,
  );
  return root === claim.root;
}

export interface TreeHead {
  readonly size: number;
  readonly root: string;
}

/**
 * Whether the tree of the first head is the beginning of that of the second, RFC 9162 section 2.1.4.2. Nothing is the
 * beginning of everything, with an empty proof.
 */
export function verifyConsistency(first: TreeHead, second: TreeHead, proof: readonly string[]): boolean {
  if (![first.root, second.root, ...proof].every((hash) => HASH.test(hash))) return false;
  if (!isCount(first.size) || !isCount(second.size) || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  if (first.size === 0) return proof.length === 0 && first.root === EMPTY_ROOT;
  return foldConsistency(first, second, proof);
}

function foldConsistency(first: TreeHead, second: TreeHead, proof: readonly string[]): boolean {
  const isWhole = frontierPlaces(first.size).length === 1;
  const [start, ...rest] = isWhole ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  let [at, last] = [first.size - 1, second.size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [old, grown] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [old, grown] = [nodeHash(hash, old), nodeHash(hash, grown)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      grown = nodeHash(grown, hash);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && old === first.root && grown === second.root;
}
