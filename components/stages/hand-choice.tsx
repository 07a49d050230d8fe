import { Checkbox } from "#components/ui/checkbox.tsx";
import type { RunbookBlock, StagePart } from "#server/domain/runbook/runbook.ts";

type HandChoiceProps = {
  parts: readonly StagePart[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
};

/** Which blocks on hosts a person runs and pastes instead of the runner. Nothing where the stage has none to choose. */
export function HandChoice({ parts, chosen, onChange }: HandChoiceProps) {
  const blocks = parts.flatMap((part) =>
    part.kind === "block" && isOfRunner(part.block) ? [part.block] : [],
  );
  if (blocks.length === 0) return null;
  return (
    <details className="text-small text-ink-2">
      <summary className="inline-block rounded-sm hover:text-ink">
        A host that the runner cannot reach
      </summary>
      <fieldset className="grid max-w-[70ch] gap-2 pt-2">
        <legend className="pb-1">
          A person can run its text there and paste what it printed. It is approved like any other, stays
          marked as pasted, and reproduces nothing.
        </legend>
        {blocks.map(({ id, title, on }) => (
          <Checkbox
            key={id}
            label={`Run ${title} by hand and paste`}
            hint={`On ${on?.host ?? ""}, as ${on?.account ?? ""}`}
            checked={chosen.includes(id)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
            }
          />
        ))}
      </fieldset>
    </details>
  );
}

const isOfRunner = ({ on }: RunbookBlock) => on !== undefined && on.byHand !== true;
