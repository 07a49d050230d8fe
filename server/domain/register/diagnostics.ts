export type Severity = "error" | "warning" | "note";

/** Something to say about a document. Lines count from 1, in the document as it was read. */
export interface Diagnostic {
  /** Closed, machine-readable, such as `item.duplicate`. */
  code: string;
  severity: Severity;
  line: number;
  /** A sentence for a person. */
  says: string;
}

/** Lines from `first` to `last`, both counted from 1 and both included. */
export interface LineSpan {
  first: number;
  last: number;
}

/** A line that was read and not understood. */
export interface UnplacedLine {
  line: number;
  text: string;
}
