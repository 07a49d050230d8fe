import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";

type Held = {
  items: readonly { itemId: string; code: string; title: string }[];
  could: readonly string[];
};

/** That something waits for a ruling, on which item, and who can give it. */
export function HeldNotice({ held }: { held: Held | null }) {
  if (held === null) return null;
  const { items, could } = held;
  return (
    <Notice
      kind="warning"
      title={`${items.map(({ code }) => code).join(", ")} ${items.length === 1 ? "is" : "are"} not ruled on, so nothing of this may be asked for, approved or started.`}
    >
      {items.map(({ itemId, code, title }) => (
        <span key={itemId} className="block">
          <Link href={`/registers/items/${itemId}`}>{code}</Link> {title}
        </span>
      ))}
      {could.length > 0 ? `${could.join(", ")} can rule.` : "Nobody here can rule; it takes a manager."}
    </Notice>
  );
}
