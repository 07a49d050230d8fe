/**
 * Thrown by a planning session that cannot be opened before an earlier step of the same plan has run, because that step
 * makes its credential. The planner then plans the step without reading (`Operation.planBlind`).
 */
export class NotYetError extends Error {
  override readonly name = "NotYetError";
  /** The step that has to run first, in words for a person: `step svc-password`. */
  readonly waitsFor: string;

  constructor(waitsFor: string) {
    super(`Cannot be read before ${waitsFor} has run.`);
    this.waitsFor = waitsFor;
  }
}
