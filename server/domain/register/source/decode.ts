import type { Diagnostic } from "../diagnostics.ts";
import { isFlatRegister, unflattenRegister } from "./flat-markdown.ts";
import { isPatch, type PatchedFile, readPatch } from "./patch.ts";
import { lineAt, type Source, sourceOf } from "./source.ts";
import { isFlatPatch, unflatten } from "./unflatten.ts";

/** How the document came: as it is, or wrapped up in something that a page or a tool made of it. */
export type Encoding = "plain" | "patch" | "flat_patch" | "flat" | "quoted";

export interface Decoded {
  encoding: Encoding;
  files: PatchedFile[];
  diagnostics: Diagnostic[];
}

/** Takes documents out of what they came in. `path` is where the text itself came from, if it came from a file. */
export function decode(text: string, path: string | null): Decoded {
  if (isFlatPatch(text)) {
    const { files, diagnostics } = readPatch(sourceOf(unflatten(text)));
    const says =
      "The lines of the patch were joined. They were cut again where a line seems to begin: read it over.";
    return { encoding: "flat_patch", files, diagnostics: [guessed("patch.joined", says), ...diagnostics] };
  }
  const source = sourceOf(text);
  if (isPatch(source)) return { encoding: "patch", ...readPatch(source) };
  if (isFlatRegister(text)) {
    const says =
      "The lines of the document were joined. They were cut again at numbers and rules: read it over.";
    const files = [{ path, isWhole: true, text: unflattenRegister(text) }];
    return { encoding: "flat", files, diagnostics: [guessed("document.joined", says)] };
  }
  const quote = quoteOf(source);
  if (quote !== "") {
    const unquoted = linesWithout(source, quote);
    return { encoding: "quoted", files: [{ path, isWhole: true, text: unquoted }], diagnostics: [] };
  }
  return { encoding: "plain", files: [{ path, isWhole: true, text }], diagnostics: [] };
}

function guessed(code: string, says: string): Diagnostic {
  return { code, severity: "warning", line: 1, says };
}

const MARGIN = /^(?:> ?| {1,8}|\t)/;

/** What stands before every line that is not blank: the marks of a quotation, or a common indentation. */
function quoteOf(source: Source): string {
  let quote: string | null = null;
  for (let index = 0; index < source.count; index += 1) {
    const line = lineAt(source, index).slice(0, 12);
    if (line.trim() === "" || line.trim() === ">") continue;
    const margin = MARGIN.exec(line)?.[0] ?? "";
    quote = quote === null ? margin : commonStart(quote, margin);
    if (quote === "") return "";
  }
  return quote ?? "";
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}

function linesWithout(source: Source, quote: string): string {
  const lines: string[] = [];
  for (let index = 0; index < source.count; index += 1) {
    const line = lineAt(source, index);
    lines.push(line.startsWith(quote) ? line.slice(quote.length) : line.trim() === ">" ? "" : line);
  }
  return `${lines.join("\n")}\n`;
}
