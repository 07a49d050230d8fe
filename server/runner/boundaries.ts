/**
 * Every point where a fault may fall, in the order of a run. `before x` and `after x` stand around the commit of the
 * journal entry x; those of `consumed` stand inside the transaction of the claim. A runner is told its boundaries
 * through `RunnerParts.boundary`, which does nothing unless a test passes something else.
 */
export const BOUNDARIES = [
  "before claimed",
  "before consumed",
  "after consumed",
  "after claimed",
  "before recovered",
  "after recovered",
  "before replanned",
  "after replanned",
  "before step_started",
  "after step_started",
  "before sealed",
  "after sealed",
  "before halted",
  "after halted",
  "before intent",
  "after intent",
  "before send",
  "after send",
  "before task",
  "after task",
  "before outcome",
  "after outcome",
  "before probe",
  "after probe",
  "before probed",
  "after probed",
  "in read_back",
  "before read_back",
  "after read_back",
  "before step_finished",
  "after step_finished",
  "in gate",
  "before gate",
  "after gate",
  "before finished",
  "after finished",
] as const;
export type Boundary = (typeof BOUNDARIES)[number];
