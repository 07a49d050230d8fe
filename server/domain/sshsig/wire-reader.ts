import { demand } from "./fault.ts";

/** Reads the types of RFC 4251 section 5 from bytes, refusing whatever is cut, too long or left over. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(length: number): Buffer {
    demand(length <= this.#bytes.length - this.#at, "BLOB_TRUNCATED");
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  /** A length and as many bytes, without a copy. `limit` in bytes. */
  string(limit = Number.POSITIVE_INFINITY): Buffer {
    const bytes = this.take(this.uint32());
    demand(bytes.length <= limit, "BLOB_FIELD_TOO_LARGE");
    return bytes;
  }

  /** A string that is a name; each byte as one character, so that no two byte strings become one name. */
  name(): string {
    return this.string().toString("latin1");
  }

  end(): void {
    demand(this.#at === this.#bytes.length, "BLOB_TRAILING");
  }
}

/** RFC 4251 section 5: `string` of these bytes. */
export function wireString(bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
