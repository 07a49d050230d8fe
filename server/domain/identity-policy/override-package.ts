import { createHash } from "node:crypto";

/** Charms unpack a zip's files flat and read those that end in .yaml: the name is what Keystone's folder shows. */
const FILE_NAME = "domain-manager-policy.yaml";

export interface OverridePackage {
  /** A zip with the one file, in base64. */
  zip: string;
  /** SHA-256 of the zip's bytes, in hex. */
  sha256: string;
}

/** Packs an override as charms take it. The same text gives the same bytes: nothing of the time or machine is in them. */
export function packageOverride(source: string): OverridePackage {
  const bytes = zipOf(FILE_NAME, Buffer.from(source, "utf8"));
  return { zip: bytes.toString("base64"), sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** 1980-01-01, the first day that the format knows. */
const DOS_DATE = 0x21;
const VERSION = 20;

/** APPNOTE.TXT 4.3: one local header with its file, stored; the central directory; its end. */
function zipOf(name: string, content: Buffer): Buffer {
  const fileName = Buffer.from(name, "ascii");
  const about = Buffer.alloc(26);
  about.writeUInt16LE(VERSION, 0);
  about.writeUInt16LE(DOS_DATE, 8);
  about.writeUInt32LE(crc32(content), 10);
  about.writeUInt32LE(content.length, 14);
  about.writeUInt32LE(content.length, 18);
  about.writeUInt16LE(fileName.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), about, fileName, content]);
  const directory = Buffer.concat([
    Buffer.from("PK\x01\x02", "latin1"),
    Buffer.from([VERSION, 3]),
    about,
    centralRest(),
    fileName,
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

/** What the directory says of a file beside its header: no comment, a plain file that its owner writes, at offset 0. */
function centralRest(): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(0o100644 * 0x10000, 6);
  return rest;
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
