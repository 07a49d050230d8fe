import { LABEL_MAX_LENGTH } from "./limits.ts";
import type { BlockIdentity, BlockKind } from "./model.ts";

export interface Label {
  id: string | null;
  kind: BlockKind | null;
  /** The word that stands where the kind should. */
  kindWord: string;
  host: string | null;
  identities: BlockIdentity[];
  title: string | null;
}

const BEGIN = /^--- BEGIN block:?\s*([^\s()]{1,120})?\s*(.*?)\s*(?:---)?$/;
const KIND = /^(RUN|CHECK)(?:\s*\(?\s*read-only\s*\)?)?$/i;

/** `--- BEGIN block: id (RUN -- jumphost, admin) ---`. */
export function readBeginLabel(text: string): Label {
  const match = BEGIN.exec(text.slice(0, LABEL_MAX_LENGTH).trim());
  const inner = /^\((.*)\)$/.exec(match?.[2] ?? "")?.[1] ?? match?.[2] ?? "";
  return { id: match?.[1] ?? null, title: null, ...readPlace(inner) };
}

const FENCED = /^(?:#{1,6} +)?\*\*([^*]{1,200})\*\*\s*(?:(?:--|:)?\s*(.*))?$/;
const PLAIN = /^(?:#{1,6} +)?((?:RUN|CHECK)\b(?: ?\(read-only\))? -- [^\s].{0,200})$/;
/** A label begins with its kind, in bold or behind the marks of a heading. */
const MAY_BEGIN = new Set(["*", "#", "R", "C"]);
const LOOKS = /^[A-Z]{2,20}(?: ?\([^()]{1,60}\))?(?: -- |$)/;

/** `**RUN -- jumphost** -- title` above a fence; null when the line is nothing like it. */
export function readFenceLabel(text: string): Label | null {
  const line = text.trim();
  if (line.length > LABEL_MAX_LENGTH || !MAY_BEGIN.has(line[0] ?? "")) return null;
  const match = FENCED.exec(line);
  const inner = match?.[1]?.trim() ?? PLAIN.exec(line)?.[1];
  if (inner === undefined || !LOOKS.test(inner)) return null;
  const place = readPlace(inner);
  // Without a place a bold word in capitals is an emphasis.
  if (place.kind === null && !inner.includes(" -- ")) return null;
  const title = match?.[2]?.trim() ?? "";
  return { id: idIn(title), title: title === "" ? null : title, ...place };
}

const idIn = (title: string) => /^`([a-z0-9][a-z0-9.-]{2,80})`/.exec(title)?.[1] ?? null;

/** `RUN -- jumphost, admin`, `CHECK read-only -- AS manager`, `RUN -- jumphost; L3 as app cred, checks as admin`. */
function readPlace(text: string): Pick<Label, "kind" | "kindWord" | "host" | "identities"> {
  const at = text.indexOf(" -- ");
  const kindWord = (at === -1 ? text : text.slice(0, at)).trim();
  const word = KIND.exec(kindWord)?.[1]?.toLowerCase();
  const kind = word === "run" || word === "check" ? word : null;
  const [place = "", ...parts] = at === -1 ? [""] : text.slice(at + 4).split(";");
  const identities: BlockIdentity[] = [];
  let host: string | null = null;
  for (const piece of place.split(",").map((one) => one.trim())) {
    const as = /^as\s+(.+)$/i.exec(piece)?.[1];
    if (as !== undefined) identities.push({ name: as, part: null });
    else if (host === null && piece !== "") host = piece;
    else if (piece !== "") identities.push({ name: piece, part: null });
  }
  for (const piece of parts.flatMap((one) => one.split(","))) {
    const match = /^\s*(.*?)\s*\bas\s+(.+?)\s*$/i.exec(piece);
    if (match) identities.push({ name: match[2] ?? "", part: match[1] === "" ? null : (match[1] ?? null) });
  }
  return { kind, kindWord, host, identities };
}

/** The id that `--- END block: id ---` names, if it names one. */
export function endLabelId(text: string): string | null {
  return /END block:?\s+([A-Za-z0-9][\w.-]*)/.exec(text.slice(0, LABEL_MAX_LENGTH))?.[1] ?? null;
}
