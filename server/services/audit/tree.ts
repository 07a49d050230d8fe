import { sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { auditEntry, auditNode } from "#db/schema/audit.ts";
import {
  consistencyPlaces,
  frontierPlaces,
  inclusionPlaces,
  rootOf,
  type TreePlace,
} from "#server/domain/audit/merkle.ts";
import { assert } from "#server/domain/error/domain-error.ts";

/** Hashes of complete subtrees, by `level/index`: a query for the leaves among them and one for the nodes, sent together. */
async function readPlaces(db: Db | Tx, places: readonly TreePlace[]): Promise<Map<string, string>> {
  const leaves = places.filter(({ level }) => level === 0).map(({ index }) => index + 1);
  const inner = places.filter(({ level }) => level > 0);
  const levels = inner.map(({ level }) => level);
  const indexes = inner.map(({ index }) => index);
  const [entries, nodes] = await Promise.all([
    db
      .select({ seq: auditEntry.seq, hash: auditEntry.hash })
      .from(auditEntry)
      .where(sql`${auditEntry.seq} = any (${sql.param(leaves)}::bigint[])`)
      .prepare("audit_leaves")
      .execute(),
    db
      .select()
      .from(auditNode)
      .where(
        sql`(${auditNode.level}, ${auditNode.index}) in
          (select * from unnest(${sql.param(levels)}::smallint[], ${sql.param(indexes)}::bigint[]))`,
      )
      .prepare("audit_nodes")
      .execute(),
  ]);
  return new Map([
    ...entries.map(({ seq, hash }) => [nameOf({ level: 0, index: seq - 1 }), hash] as const),
    ...nodes.map((node) => [nameOf(node), node.hash] as const),
  ]);
}

const nameOf = ({ level, index }: TreePlace) => `${level}/${index}`;

async function rootsOf(db: Db | Tx, groups: readonly (readonly TreePlace[])[]): Promise<string[]> {
  const hashes = await readPlaces(db, groups.flat());
  return groups.map((group) =>
    rootOf(
      group.map((place) => {
        const hash = hashes.get(nameOf(place));
        assert(hash !== undefined, `the audit tree has the node ${nameOf(place)}`);
        return hash;
      }),
    ),
  );
}

/** Root of the tree over the first `size` entries. Throws where a node is missing. */
export async function readRoot(db: Db | Tx, size: number): Promise<string> {
  const [root] = await rootsOf(db, [frontierPlaces(size)]);
  assert(root !== undefined, "one group has one root");
  return root;
}

/** Audit path of an entry in the tree over the first `size` entries, from the leaf up. */
export async function readInclusionProof(db: Db | Tx, of: { seq: number; size: number }): Promise<string[]> {
  const places = inclusionPlaces(of.seq - 1, of.size);
  assert(places !== null, "a proof is of an entry below its head");
  return rootsOf(db, places);
}

/** Proof that the tree over the first `first` entries is the beginning of the one over `second`. */
export async function readConsistencyProof(
  db: Db | Tx,
  of: { first: number; second: number },
): Promise<string[]> {
  if (of.first === 0) return [];
  const places = consistencyPlaces(of.first, of.second);
  assert(places !== null, "a consistency proof goes from a smaller head to a larger one");
  return rootsOf(db, places);
}
