import { ItemState } from "#components/registers/item-state.tsx";
import { NumberLink } from "#components/registers/number-link.tsx";
import type { ItemView } from "#components/registers/board/board-data.ts";

type LinkRow = ItemView["links"][number];

const WORDS: Record<LinkRow["kind"], { out: string; back: string }> = {
  blocked_by: { out: "Waits for", back: "Holds up" },
  changed_by: { out: "Changed by", back: "Changes" },
  supersedes: { out: "Supersedes", back: "Superseded by" },
  superseded_by: { out: "Superseded by", back: "Supersedes" },
  reconciles: { out: "Reconciles", back: "Reconciled by" },
  resolves: { out: "Resolves", back: "Resolved by" },
  amends: { out: "Amends", back: "Amended by" },
  amended_by: { out: "Amended by", back: "Amends" },
  discharges: { out: "Discharges", back: "Discharged by" },
  refuted_by: { out: "Refuted by", back: "Refutes" },
  validated_by: { out: "Validated by", back: "Validates" },
  mechanism_in: { out: "Mechanism in", back: "Mechanism of" },
  related: { out: "Related", back: "Related" },
  mentions: { out: "Names", back: "Named by" },
};

/** What an item hangs together with, both ways. A link that nobody has confirmed says so. */
export function ItemLinks({ links, backLinks }: Pick<ItemView, "links" | "backLinks">) {
  const rows = [
    ...links.map((link) => ({ ...link, word: WORDS[link.kind].out })),
    ...backLinks.map((link) => ({ ...link, word: WORDS[link.kind].back })),
  ];
  if (rows.length === 0) return <p className="text-ink-2">Nothing names it and it names nothing.</p>;
  const groups = [...Map.groupBy(rows, ({ word }) => word)];
  return (
    <dl className="grid grid-cols-1 gap-3">
      {groups.map(([word, own]) => (
        <div key={word} className="grid grid-cols-1 gap-1">
          <dt className="text-small font-medium text-ink-3">{word}</dt>
          {own.map((link) => (
            <dd key={`${link.id} ${word}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
              <NumberLink code={link.code} />
              <span className="min-w-0 flex-1 basis-40 truncate" data-hint={link.because}>
                {link.title ?? "In no register"}
              </span>
              {link.itemState !== null && <ItemState state={link.itemState} />}
              {link.state === "proposed" && <span className="text-small text-ink-3">not confirmed</span>}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
