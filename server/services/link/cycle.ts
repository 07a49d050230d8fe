import { sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { itemLink } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { ItemLinkKind } from "#server/domain/item-link/words.ts";

/** The id of an advisory lock: confirmed links follow one another, so that two cannot close a circle between them. */
const LINK_LOCK = 7_203_477;

/** Holds other links off until the transaction ends. Taken before any item is locked: else two would wait for each other. */
export async function holdLinks(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LINK_LOCK})`);
}

/** Longest way that is followed; beyond it a circle is of no harm that a person would see. */
const DEPTH_MAX = 200;

/**
 * Refuses a confirmed link that would close a circle: of items that wait for each other, or of decisions that supersede
 * each other. The caller has called `holdLinks`.
 */
export async function requireNoCircle(
  tx: Tx,
  link: { kind: ItemLinkKind; fromId: string; fromCode: string; toId: string | null; toCode: string },
): Promise<void> {
  const edge = edgeOf(link);
  if (edge === null) return;
  const { from, to } = edge;
  const isCircle =
    from === to ||
    (
      await tx.execute(sql`
      with recursive edge as (
        select case when ${itemLink.kind} = 'supersedes' then ${itemLink.toItemId} else ${itemLink.itemId} end as a,
          case when ${itemLink.kind} = 'supersedes' then ${itemLink.itemId} else ${itemLink.toItemId} end as b
        from ${itemLink}
        where ${itemLink.state} = 'confirmed' and ${itemLink.toItemId} is not null
          and ${itemLink.kind} in ${edge.kinds}
      ), reached as (
        select ${to}::uuid as id, 0 as depth
        union
        select edge.b, reached.depth + 1 from reached join edge on edge.a = reached.id
        where reached.depth < ${DEPTH_MAX}
      )
      select 1 from reached where id = ${from}::uuid limit 1`)
    ).length > 0;
  if (!isCircle) return;
  throw new DomainError(
    "conflict",
    `${link.fromCode} and ${link.toCode} would ${edge.words} each other, in a circle. Nothing was changed.`,
    { reason: "circle" },
  );
}

/** The direction in which circles are looked for, or null where a circle does no harm. */
function edgeOf({ kind, fromId, toId }: { kind: ItemLinkKind; fromId: string; toId: string | null }) {
  if (toId === null) return null;
  if (kind === "blocked_by") return { from: fromId, to: toId, kinds: ["blocked_by"], words: "wait for" };
  if (kind === "superseded_by") return { from: fromId, to: toId, kinds: SUPERSESSION, words: "supersede" };
  if (kind === "supersedes") return { from: toId, to: fromId, kinds: SUPERSESSION, words: "supersede" };
  return null;
}

const SUPERSESSION = ["supersedes", "superseded_by"];
