import { Undo2 } from "lucide-react";
import { Notice } from "#components/ui/notice.tsx";
import type { PlannedStep } from "#server/domain/plan/plan.ts";

/** How the change is undone: the planned way back of every sending step, the last one first. */
export function Reversibility({ steps }: { steps: readonly PlannedStep[] }) {
  const sending = steps.filter(({ calls }) => calls.length > 0);
  const lost = sending.filter(({ effect }) => effect === "destroy");
  const withWay = sending.filter(({ words, effect }) => words.revert !== null && effect !== "destroy");
  const without = sending.filter(
    ({ words, disposition }) => words.revert === null && disposition === "apply",
  );
  if (sending.length === 0) {
    return <p className="text-ink-2">Nothing is changed, so there is nothing to undo.</p>;
  }
  return (
    <div className="grid gap-2">
      {lost.length > 0 && (
        <Notice kind="danger" title="It cannot be undone">
          {lost.map(({ words }) => words.revert ?? words.title).join(" ")}
        </Notice>
      )}
      {without.length > 0 && (
        <Notice
          kind="warning"
          title={`${without.length} of ${sending.length} steps have no planned way back`}
        >
          {without.map(({ words }) => words.title).join(", ")}
        </Notice>
      )}
      {withWay.length > 0 && (
        <>
          <p className="flex items-center gap-1.5 text-ink-2">
            <Undo2 aria-hidden="true" className="size-4 text-ink-3" />
            {withWay.length === 1 ? "It can be undone:" : "It can be undone, in this order:"}
          </p>
          <ol className="grid list-decimal gap-1 pl-9 marker:text-ink-3">
            {withWay.toReversed().map(({ id, words }) => (
              <li key={id} className="max-w-[70ch]">
                {words.revert}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
