export type PythonErrorName =
  | "AttributeError"
  | "OverflowError"
  | "RecursionError"
  | "SyntaxError"
  | "TypeError"
  | "ValueError"
  /** Ours only: the cloud answers false here, our own decision point refuses. */
  | "Unparsable";

/** What oslo.policy would raise while it evaluates a rule; services answer 500 to it. */
export class PythonError extends Error {
  readonly pythonName: PythonErrorName;

  constructor(pythonName: PythonErrorName, message: string) {
    super(message);
    this.pythonName = pythonName;
  }
}
