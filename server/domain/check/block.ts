import { canonicalDigest } from "../canonical/json.ts";
import { isKeepable } from "../canonical/text.ts";
import type { RecordContent } from "../register/record.ts";
import type { ParameterDeclaration } from "./parameters.ts";

/** Longest script of a block, in UTF-8 bytes. */
export const SCRIPT_MAX_BYTES = 64 * 1024;

/** The block that a V item asks to be run, as its document has it. */
export interface CheckBlock {
  script: string;
  /** Where it runs, as the document says, such as `jumphost`. */
  hostLabel: string;
  language: string;
}

export type FoundBlock = { kind: "ok"; block: CheckBlock } | { kind: "none"; says: string };

const SHELLS = new Set(["", "bash", "sh", "shell", "console"]);

/** The CHECK block of a record. More than one cannot be one check: nobody could say which result is meant. */
export function findCheckBlock(content: RecordContent): FoundBlock {
  const none = (says: string): FoundBlock => ({ kind: "none", says });
  if (content.kind !== "item" || content.item.kind !== "V") return none("Only a V item has a check.");
  const blocks = content.item.parts.flatMap((part) =>
    part.kind === "block" && part.label === "CHECK" && part.script !== null
      ? [{ script: part.script, hostLabel: part.host ?? "", language: part.language.trim().toLowerCase() }]
      : [],
  );
  const [block, second] = blocks;
  if (block === undefined) return none("This item has no CHECK block with a script.");
  if (second !== undefined) return none("This item has more than one CHECK block; split it into items.");
  if (!SHELLS.has(block.language)) return none(`A ${block.language} block cannot be run; only bash can.`);
  if (block.script.trim() === "") return none("The CHECK block is empty.");
  if (block.hostLabel === "") return none("The CHECK block does not say on which host it runs.");
  if (!isKeepable(block.script)) return none("The CHECK block holds a NUL byte or half a character.");
  if (Buffer.byteLength(block.script) > SCRIPT_MAX_BYTES) {
    return none(`The CHECK block is longer than ${SCRIPT_MAX_BYTES / 1024} KiB.`);
  }
  return { kind: "ok", block };
}

/**
 * What two people attest: exactly these bytes, in this language, on this host as this identity, with parameters of these
 * names and types. Any other character is another digest.
 */
export function blockDigest(of: {
  script: string;
  language: string;
  hostDigest: string;
  parameters: readonly ParameterDeclaration[];
  /** Names of sealed values that it is given as files. */
  secrets?: readonly string[];
}): string {
  const parameters = of.parameters
    .map(({ name, type }) => ({ name, type }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return canonicalDigest({
    format: "check-block/1",
    script: of.script,
    language: "bash",
    written: of.language,
    host: of.hostDigest,
    parameters,
    // Only where there are any: what was attested before stays attested.
    ...(of.secrets === undefined || of.secrets.length === 0 ? {} : { secrets: of.secrets.toSorted() }),
  });
}
