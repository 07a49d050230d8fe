import { reprFloat } from "./values.ts";

/** repr() of bytes held as a string of code units below 256. */
export function reprBytes(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  let text = "";
  for (const character of value) text += reprByte(character, quote);
  return `b${quote}${text}${quote}`;
}

const NAMED: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function reprByte(character: string, quote: string): string {
  if (character === quote) return `\\${character}`;
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  return code < 0x20 || code >= 0x7f ? `\\x${code.toString(16).padStart(2, "0")}` : character;
}

/** repr() of a complex number: whole parts without ".0", the real part only when it is not +0. */
export function reprComplex(real: number, imaginary: number): string {
  const imaginaryText = `${shortFloat(imaginary)}j`;
  if (Object.is(real, 0)) return imaginaryText;
  const sign = imaginaryText.startsWith("-") ? "" : "+";
  return `(${shortFloat(real)}${sign}${imaginaryText})`;
}

function shortFloat(value: number): string {
  return reprFloat(value).replace(/\.0$/, "");
}
