import { BLOCK_MAX_BYTES } from "./limits.ts";
import { readPlainYaml } from "./plain-yaml.ts";
import { readAnyYaml, type Report, type YamlNode } from "./yaml.ts";

/** Reads YAML whose first line is `firstLine` of the document. Null after a problem was reported. */
export function readYaml(text: string, firstLine: number, report: Report): YamlNode | null {
  // No UTF-16 unit takes more than three bytes.
  if (text.length * 3 > BLOCK_MAX_BYTES && new TextEncoder().encode(text).length > BLOCK_MAX_BYTES) {
    report({ line: firstLine, column: 1 }, `A block has at most ${BLOCK_MAX_BYTES / 1024} KiB.`);
    return null;
  }
  return readPlainYaml(text, firstLine) ?? readAnyYaml(text, firstLine, report);
}
