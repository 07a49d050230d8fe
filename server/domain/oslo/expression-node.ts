/** What is kept of a parsed Python expression: as much as literals need. */
export type ExpressionNode =
  | { kind: "string"; value: string }
  | { kind: "bytes"; value: string }
  | { kind: "int"; value: bigint }
  | { kind: "float"; value: number }
  | { kind: "imaginary"; value: number }
  | { kind: "word"; text: "True" | "False" | "None" | "Ellipsis" }
  | { kind: "tuple" | "list" | "set"; items: ExpressionNode[] }
  | { kind: "dict" }
  | { kind: "empty_set_call" }
  | { kind: "signed"; sign: "+" | "-"; operand: ExpressionNode }
  | { kind: "sum"; sign: "+" | "-"; left: ExpressionNode; right: ExpressionNode }
  /** A valid expression that is no literal: `name` is set for a bare name. */
  | { kind: "other"; name: string | null };
