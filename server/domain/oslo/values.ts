/** A float whose value is whole: JSON's 1.0, which JavaScript cannot tell from 1. Other floats are plain numbers. */
export class WholeFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type OsloValue =
  | null
  | boolean
  | number
  /** An integer that a JavaScript number would round. */
  | bigint
  | string
  | WholeFloat
  | readonly OsloValue[]
  | { readonly [key: string]: OsloValue | undefined };

export type OsloDict = { readonly [key: string]: OsloValue | undefined };

export function isList(value: OsloValue): value is readonly OsloValue[] {
  return Array.isArray(value);
}

export function isDict(value: OsloValue): value is OsloDict {
  return typeof value === "object" && value !== null && !isList(value) && !(value instanceof WholeFloat);
}

/** The value under an own key, or undefined: a policy must not reach a JavaScript prototype. */
export function findKey(dict: OsloDict, key: string): OsloValue | undefined {
  return Object.hasOwn(dict, key) ? dict[key] : undefined;
}

/** Python's bool(). */
export function isTruthy(value: OsloValue): boolean {
  if (isList(value)) return value.length > 0;
  if (value instanceof WholeFloat) return value.value !== 0;
  return isDict(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** Python's str(). */
export function pythonStr(value: OsloValue): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** Python's repr(). */
export function pythonRepr(value: OsloValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return reprString(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isInteger(value) ? reprInteger(value) : reprFloat(value);
  if (value instanceof WholeFloat) return reprFloat(value.value);
  if (isList(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  return isDict(value) ? reprDict(value) : "";
}

function reprDict(value: OsloDict): string {
  const entries = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${reprString(key)}: ${pythonRepr(item)}`],
  );
  return `{${entries.join(", ")}}`;
}

function reprInteger(value: number): string {
  return BigInt(value).toString();
}

/** Python's float repr: shortest digits, an exponent below 1e-4 and from 1e16 on. */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  const exponential = value.toExponential();
  const exponent = Number(exponential.slice(exponential.indexOf("e") + 1));
  if (exponent < -4 || exponent >= 16) {
    const mantissa = exponential.slice(0, exponential.indexOf("e"));
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  if (Number.isInteger(value)) return `${BigInt(value).toString()}.0`;
  return String(value);
}

function reprString(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  let text = "";
  for (const character of value) text += escapeCharacter(character, quote);
  return `${quote}${text}${quote}`;
}

const NAMED_ESCAPES: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${character}`;
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) return character;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}
