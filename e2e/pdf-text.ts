import { inflateSync } from "node:zlib";

/** What a printed document says, without its spaces, and how many pages it has. */
export interface Printed {
  text: string;
  pages: number;
}

/** Letters of a font by their codes, and how many hex digits a code has. */
interface Letters {
  digits: number;
  of: ReadonlyMap<number, string>;
}
const NO_LETTERS: Letters = { digits: 4, of: new Map() };

/**
 * Reads a PDF as Chromium writes it (ISO 32000-1): streams packed by Flate, fonts whose codes, of one byte or two, a
 * ToUnicode map turns into letters (9.10.3). Letters that stand apart are set apart by position there, so no spaces come back.
 */
export function readPdf(bytes: Buffer): Printed {
  const objects = objectsOf(bytes.toString("latin1"));
  let text = "";
  let pages = 0;
  for (const body of objects.values()) {
    if (!/\/Type\s*\/Page\b/.test(body)) continue;
    pages += 1;
    const fonts = fontsOf(body, objects);
    for (const id of refsOf(/\/Contents\s*(\[[^\]]*\]|\d+ 0 R)/.exec(body)?.[1] ?? "")) {
      text += shownIn(streamOf(objects.get(id) ?? ""), fonts);
    }
  }
  return { text, pages };
}

function objectsOf(file: string): Map<number, string> {
  const objects = new Map<number, string>();
  for (const [, id, body] of file.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g))
    objects.set(Number(id), body ?? "");
  return objects;
}

const refsOf = (text: string): number[] => [...text.matchAll(/(\d+) 0 R/g)].map(([, id]) => Number(id));

function streamOf(body: string): string {
  const begin = /stream\r?\n/.exec(body);
  if (begin === null) return "";
  const packed = body.slice(begin.index + begin[0].length, body.lastIndexOf("endstream"));
  const bytes = Buffer.from(packed, "latin1");
  return body.slice(0, begin.index).includes("/FlateDecode") ? inflateSync(bytes).toString("latin1") : packed;
}

function fontsOf(page: string, objects: ReadonlyMap<number, string>): Map<string, Letters> {
  const named = /\/Font\s*<<([\s\S]*?)>>/.exec(page)?.[1] ?? "";
  return new Map(
    [...named.matchAll(/\/(\w+)\s+(\d+) 0 R/g)].map(([, name, id]) => {
      const map = /\/ToUnicode\s+(\d+) 0 R/.exec(objects.get(Number(id)) ?? "")?.[1];
      return [name ?? "", lettersOf(streamOf(objects.get(Number(map)) ?? ""))];
    }),
  );
}

function lettersOf(map: string): Letters {
  const letters = new Map<number, string>();
  for (const [, rows] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code, to] of (rows ?? "").matchAll(/<(\w+)>\s*<(\w+)>/g))
      letters.set(Number.parseInt(code ?? "", 16), unicodeOf(to ?? ""));
  }
  for (const [, rows] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, first, last, to] of (rows ?? "").matchAll(/<(\w+)>\s*<(\w+)>\s*<(\w+)>/g)) {
      const [from, until, letter] = [first, last, to].map((hex) => Number.parseInt(hex ?? "", 16));
      for (let code = from ?? 0; code <= (until ?? -1); code += 1)
        letters.set(code, String.fromCodePoint((letter ?? 0) + code - (from ?? 0)));
    }
  }
  const digits = /begincodespacerange\s*<(\w+)>/.exec(map)?.[1]?.length ?? NO_LETTERS.digits;
  return { digits, of: letters };
}

const unicodeOf = (hex: string): string =>
  (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join("");

function shownIn(content: string, fonts: ReadonlyMap<string, Letters>): string {
  let letters = NO_LETTERS;
  let text = "";
  for (const [, font, hex = ""] of content.matchAll(/\/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g)) {
    if (font !== undefined) letters = fonts.get(font) ?? NO_LETTERS;
    for (let at = 0; at < hex.length; at += letters.digits)
      text += letters.of.get(Number.parseInt(hex.slice(at, at + letters.digits), 16)) ?? "";
  }
  return text.replaceAll(/\s/g, "");
}
