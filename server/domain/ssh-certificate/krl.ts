import { wireString } from "../sshsig/wire-reader.ts";

/** PROTOCOL.krl of OpenSSH. */
const MAGIC = "SSHKRL\n\0";
const FORMAT_VERSION = 1;
const SECTION_CERTIFICATES = 1;
const SECTION_SERIAL_LIST = 0x20;

/** Serial numbers revoked under one authority. */
export interface RevokedSerials {
  /** The authority's public key as the wire has it. */
  caKey: Uint8Array;
  serials: readonly bigint[];
}

/**
 * A key revocation list for sshd's `RevokedKeys`: certificates by authority and serial number. `version` grows with each
 * change, so that an older copy can be told from a newer one. `at`: when it was made.
 */
export function writeKrl(of: { version: bigint; at: Date; revoked: readonly RevokedSerials[] }): Buffer {
  const sections = of.revoked
    .filter(({ serials }) => serials.length > 0)
    .flatMap(({ caKey, serials }) => [
      Buffer.of(SECTION_CERTIFICATES),
      wireString(
        Buffer.concat([
          wireString(caKey),
          wireString(""),
          Buffer.of(SECTION_SERIAL_LIST),
          wireString(Buffer.concat([...new Set(serials)].toSorted(ascending).map(uint64))),
        ]),
      ),
    ]);
  const version = Buffer.alloc(4);
  version.writeUInt32BE(FORMAT_VERSION);
  return Buffer.concat([
    Buffer.from(MAGIC, "latin1"),
    version,
    uint64(of.version),
    uint64(BigInt(Math.floor(of.at.getTime() / 1000))),
    // Flags and reserved.
    uint64(0n),
    wireString(""),
    wireString("countersign"),
    ...sections,
  ]);
}

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
