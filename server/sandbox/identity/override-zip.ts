import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { parse } from "yaml";

const MAX_BYTES = 1024 * 1024;
const END = 22;
const STORED = 0;
const DEFLATED = 8;

/** The SHA-256 of a zip, in hex. */
export function zipDigest(zip: Buffer): string {
  return createHash("sha256").update(zip).digest("hex");
}

/**
 * The rules of a zip's .yaml files, or null where Keystone's charm would call the override broken: no zip, no such file, no
 * YAML, or no mapping of names in it. As there, nothing is parsed beyond that: a rule that is none denies.
 */
export function readOverrideZip(zip: Buffer): Record<string, unknown> | null {
  try {
    const files = listFiles(zip).filter(({ name }) => /\.ya?ml$/i.test(name));
    if (files.length === 0) return null;
    const rules: Record<string, unknown> = {};
    for (const { content } of files) {
      const value: unknown = parse(content.toString("utf8"), { maxAliasCount: 0 });
      if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
      if (Object.keys(value).length === 0) return null;
      Object.assign(rules, value);
    }
    return rules;
  } catch {
    // Whatever is wrong with it, the charm says no more than that it is broken.
    return null;
  }
}

/** APPNOTE.TXT 4.3.12: the central directory says where each file lies. Throws RangeError for what is cut short. */
function listFiles(zip: Buffer): { name: string; content: Buffer }[] {
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0 || end + END > zip.length) throw new RangeError("no end of a directory");
  const files: { name: string; content: Buffer }[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new RangeError("no entry of a directory");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    );
    const name = zip.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
    const header = zip.readUInt32LE(at + 42);
    const from = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const packed = zip.subarray(from, from + zip.readUInt32LE(at + 20));
    files.push({ name, content: unpack(zip.readUInt16LE(at + 10), packed) });
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return files;
}

function unpack(method: number, packed: Buffer): Buffer {
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed, { maxOutputLength: MAX_BYTES });
  throw new RangeError("no method that is known");
}
