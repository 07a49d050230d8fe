import { FilterChip } from "#components/ui/toolbar.tsx";

type Stages = readonly { key: string }[];

/** Index of the stage that the address names: past the last for `done`, null for none. */
export function stageIndex(stages: Stages, stage: string | null): number | null {
  if (stage === null) return null;
  return stage === "done" ? stages.length : stages.findIndex(({ key }) => key === stage);
}

/** The stage that tenants are narrowed to by a link from elsewhere; it can be taken away. */
export function ChosenStage({ stage, onClear }: { stage: string | null; onClear: () => void }) {
  if (stage === null) return null;
  const label = stage === "done" ? "Past the last stage" : `At stage ${stage}`;
  return <FilterChip label={label} pressed removable onPressedChange={onClear} />;
}
