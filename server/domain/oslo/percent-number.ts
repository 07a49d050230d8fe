import { PythonError } from "./python-error.ts";
import { type OsloValue, WholeFloat } from "./values.ts";

export interface Conversion {
  flags: string;
  width: number;
  precision: number | null;
  letter: string;
}

/** The most digits JavaScript gives (ECMA-262, Number.prototype.toFixed): enough to see an exact half. */
const EXACT_DIGITS = 100;

/** The numeric conversions of Python's % operator: d i u, o x X, e E f F g G. */
export function formatNumber(conversion: Conversion, value: OsloValue): string {
  switch (conversion.letter) {
    case "d":
    case "i":
    case "u":
      return finish(conversion, formatInteger(conversion, readReal(conversion, value)));
    case "o":
      return finish(conversion, formatRadix(conversion, value, 8));
    case "x":
    case "X":
      return finish(conversion, formatRadix(conversion, value, 16));
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return finish(conversion, formatFloat(conversion, Number(readReal(conversion, value))));
    default:
      throw new PythonError("ValueError", `unsupported format character '${conversion.letter}'`);
  }
}

interface SignedText {
  isNegative: boolean;
  /** "0x" or "0o" when the # flag asks for it. */
  prefix: string;
  digits: string;
}

function readReal(conversion: Conversion, value: OsloValue): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value);
  if (value instanceof WholeFloat) return value.value;
  throw new PythonError("TypeError", `%${conversion.letter} format: a real number is required`);
}

function formatInteger({ precision }: Conversion, value: number | bigint): SignedText {
  if (typeof value === "number" && !Number.isFinite(value)) {
    // CPython tells the two apart: float('nan') raises ValueError, float('inf') OverflowError.
    const name = Number.isNaN(value) ? "ValueError" : "OverflowError";
    throw new PythonError(name, "cannot convert float to integer");
  }
  const whole = BigInt(typeof value === "number" ? Math.trunc(value) : value);
  const digits = absolute(whole)
    .toString()
    .padStart(precision ?? 0, "0");
  return { isNegative: whole < 0n, prefix: "", digits };
}

const absolute = (value: bigint) => (value < 0n ? -value : value);

function formatRadix(conversion: Conversion, value: OsloValue, radix: 8 | 16): SignedText {
  const integer = typeof value === "boolean" ? Number(value) : value;
  if (typeof integer !== "bigint" && (typeof integer !== "number" || !Number.isInteger(integer))) {
    throw new PythonError("TypeError", `%${conversion.letter} format: an integer is required`);
  }
  const digits = absolute(BigInt(integer))
    .toString(radix)
    .padStart(conversion.precision ?? 0, "0");
  const prefix = conversion.flags.includes("#") ? (radix === 8 ? "0o" : "0x") : "";
  const isUpper = conversion.letter === "X";
  return {
    isNegative: integer < 0,
    prefix: isUpper ? prefix.toUpperCase() : prefix,
    digits: isUpper ? digits.toUpperCase() : digits,
  };
}

function formatFloat(conversion: Conversion, value: number): SignedText {
  const isNegative = value < 0 || Object.is(value, -0);
  const digits = floatDigits(conversion, Math.abs(value));
  const isUpper = conversion.letter !== conversion.letter.toLowerCase();
  return { isNegative, prefix: "", digits: isUpper ? digits.toUpperCase() : digits };
}

function floatDigits(conversion: Conversion, value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return "inf";
  const precision = Math.min(conversion.precision ?? 6, 100);
  const isAlternate = conversion.flags.includes("#");
  switch (conversion.letter.toLowerCase()) {
    case "f":
      return withPoint(fixed(value, precision), isAlternate);
    case "e":
      return exponential(value, precision, isAlternate);
    default:
      return general(value, precision === 0 ? 1 : precision, isAlternate);
  }
}

/** toFixed answers with an exponent from 1e21 on; such a value is whole. */
function fixed(value: number, precision: number): string {
  if (value < 1e21) return findEvenTie(value.toFixed(EXACT_DIGITS), precision) ?? value.toFixed(precision);
  const whole = BigInt(value).toString();
  return precision === 0 ? whole : `${whole}.${"0".repeat(precision)}`;
}

/** Python rounds an exact half to the even digit, JavaScript always up: the text cut off when that differs. */
function findEvenTie(exact: string, precision: number): string | null {
  const point = exact.indexOf(".");
  const isHalf = /^50*$/.test(exact.slice(point + 1 + precision));
  const kept = precision === 0 ? exact.slice(0, point) : exact.slice(0, point + 1 + precision);
  return isHalf && /[02468]$/.test(kept) ? kept : null;
}

function withPoint(text: string, isAlternate: boolean): string {
  return isAlternate && !text.includes(".") ? `${text}.` : text;
}

function exponential(value: number, precision: number, isAlternate: boolean): string {
  const [exactMantissa = "", exactExponent = "+0"] = value.toExponential(EXACT_DIGITS).split("e");
  const [rounded = "", roundedExponent = "+0"] = value.toExponential(precision).split("e");
  const tie = findEvenTie(exactMantissa, precision);
  const mantissa = tie ?? rounded;
  const exponent = tie === null ? roundedExponent : exactExponent;
  const sign = exponent.startsWith("-") ? "-" : "+";
  const digits = exponent.replace(/^[-+]/, "").padStart(2, "0");
  return `${withPoint(mantissa, isAlternate)}e${sign}${digits}`;
}

function general(value: number, precision: number, isAlternate: boolean): string {
  const exponent = value === 0 ? 0 : Number(value.toExponential(precision - 1).split("e")[1]);
  const isExponential = exponent < -4 || exponent >= precision;
  const text = isExponential
    ? exponential(value, precision - 1, isAlternate)
    : withPoint(fixed(value, Math.max(0, precision - 1 - exponent)), isAlternate);
  if (isAlternate) return text;
  const [number = "", suffix] = text.split("e");
  const trimmed = number.includes(".") ? number.replace(/0+$/, "").replace(/\.$/, "") : number;
  return suffix === undefined ? trimmed : `${trimmed}e${suffix}`;
}

function finish({ flags, width }: Conversion, { isNegative, prefix, digits }: SignedText): string {
  const sign = isNegative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const missing = width - sign.length - prefix.length - digits.length;
  if (missing <= 0) return sign + prefix + digits;
  if (flags.includes("-")) return sign + prefix + digits + " ".repeat(missing);
  if (flags.includes("0")) return sign + prefix + "0".repeat(missing) + digits;
  return " ".repeat(missing) + sign + prefix + digits;
}
