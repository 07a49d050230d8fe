/** Both from 1. A column counts characters. */
export interface Place {
  line: number;
  column: number;
}

export interface PolicyEntry {
  name: string;
  /** What YAML makes of it: a text, a list, null. */
  value: unknown;
  at: Place;
  valueAt: Place;
  /** Where the value's characters begin, when they stand on one line as they are read. */
  textAt: Place | null;
}

export interface DocumentFault {
  at: Place;
  code: "yaml" | "yaml_repeated" | "yaml_unusual" | "not_ascii";
  severity: "error" | "warning";
  says: string;
}
