import { isHidden, nameOf } from "./hidden-characters.ts";

/** A run of characters with one look. `escape` marks a control character shown as a visible name. */
export type SgrSpan = { text: string; className: string; escape: boolean };

type Style = { fg: number | null; flags: Set<string> };

// ECMA-48, 8.3.117 SGR: parameter to flag, and which parameter takes flags away.
const SET: Readonly<Record<number, string>> = { 1: "b", 2: "d", 3: "i", 4: "u", 9: "s" };
const UNSET: Readonly<Record<number, readonly string[]>> = {
  22: ["b", "d"],
  23: ["i"],
  24: ["u"],
  29: ["s"],
};

// The pattern is built from code points, so no control character stands in the source.
const ESC = String.fromCodePoint(0x1b);
const SGR = new RegExp(`${ESC}\\[([0-9;:]{0,64})m`, "y");

/** Skips what belongs to 38/48 (256 colours or RGB): these are dropped, the themes own the palette. */
function skipExtended(codes: readonly number[], at: number): number {
  return codes[at + 1] === 5 ? at + 2 : codes[at + 1] === 2 ? at + 4 : at;
}

function apply(style: Style, parameters: string): void {
  // A colon groups sub-parameters (ITU T.416); the whole group is one extended colour and is dropped.
  const codes = (parameters === "" ? "0" : parameters)
    .split(";")
    .filter((part) => !part.includes(":"))
    .map((part) => Number(part === "" ? "0" : part));
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    const set = SET[code];
    if (code === 0) {
      style.fg = null;
      style.flags.clear();
    } else if (set !== undefined) style.flags.add(set);
    else if (code >= 31 && code <= 37) style.fg = code - 30;
    else if (code >= 91 && code <= 97) style.fg = code - 90;
    else if (code === 30 || code === 90) style.fg = 7;
    else if (code === 39) style.fg = null;
    else if (code === 38 || code === 48) at = skipExtended(codes, at);
    else for (const flag of UNSET[code] ?? []) style.flags.delete(flag);
  }
}

function classOf(style: Style): string {
  const names = [...style.flags].map((flag) => `sgr-${flag}`);
  if (style.fg !== null) names.push(`sgr-${style.fg}`);
  return names.join(" ");
}

/**
 * One line of output as spans. Only SGR is obeyed, and only as class names from a closed set; every other control
 * character stays in the text as a visible sign, so output can neither hide nor forge what is on the screen.
 */
export function parseSgr(line: string): SgrSpan[] {
  const spans: SgrSpan[] = [];
  const style: Style = { fg: null, flags: new Set() };
  const put = (text: string, escape: boolean) => {
    const className = escape ? "" : classOf(style);
    const last = spans.at(-1);
    if (last !== undefined && last.escape === escape && last.className === className) last.text += text;
    else spans.push({ text, className, escape });
  };
  let plain = "";
  const flush = () => {
    if (plain !== "") put(plain, false);
    plain = "";
  };
  for (let at = 0; at < line.length;) {
    const code = line.codePointAt(at) ?? 0;
    const char = String.fromCodePoint(code);
    SGR.lastIndex = at;
    const sgr = code === 0x1b ? SGR.exec(line) : null;
    if (sgr !== null) {
      flush();
      apply(style, sgr[1] ?? "");
      at += sgr[0].length;
      continue;
    }
    if (isHidden(code)) {
      flush();
      put(nameOf(code), true);
    } else plain += char;
    at += char.length;
  }
  flush();
  return spans;
}

/** The line as it is read and copied: without SGR, control characters as visible signs. */
export function plainOf(line: string): string {
  return parseSgr(line)
    .map((span) => span.text)
    .join("");
}
