import { demand, type SignatureCode } from "./fault.ts";
import type { WireReader } from "./wire-reader.ts";

/** A positive `mpint` of RFC 4251 section 5 in its shortest form, without the sign byte. Zero is refused. */
export function readMpint(reader: WireReader, code: SignatureCode): Buffer {
  const bytes = reader.string();
  const [first, second = 0] = bytes;
  demand(first !== undefined, code, "zero");
  demand(first < 0x80, code, "negative");
  if (first !== 0) return bytes;
  demand(second >= 0x80, code, "not the shortest form");
  return bytes.subarray(1);
}
