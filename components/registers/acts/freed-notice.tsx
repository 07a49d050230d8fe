import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Freed } from "./acts-data.ts";

/** What an act set free: items, what came back, and what may happen in the cloud again. */
export function FreedNotice({ freed }: { freed: Freed | undefined }) {
  if (freed === undefined) return null;
  const { unblocked, fired, released } = freed;
  const isNothing = unblocked.length + fired.length + released.length === 0;
  return (
    <Notice kind="ok" live title={isNothing ? "Recorded. Nothing else waited for this alone." : "Recorded."}>
      {unblocked.length > 0 && (
        <span>
          Nothing holds back any more:{" "}
          {unblocked.map(({ itemId, code, title }, at) => (
            <span key={itemId}>
              {at > 0 && ", "}
              <Link href={`/registers/items/${itemId}`}>{code}</Link> {title}
            </span>
          ))}
          .
        </span>
      )}
      {released.length > 0 && <span className="block">May happen again: {released.join("; ")}.</span>}
      {fired.length > 0 && (
        <span className="block">
          Came back:{" "}
          {fired.map(({ itemId, code, because }, at) => (
            <span key={itemId}>
              {at > 0 && ", "}
              <Link href={`/registers/items/${itemId}`}>{code}</Link> ({because})
            </span>
          ))}
        </span>
      )}
    </Notice>
  );
}
