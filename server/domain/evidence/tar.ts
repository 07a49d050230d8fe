/**
 * A plain tar (POSIX.1-1988 ustar) of flat files: not compressed, so nothing in it is larger than it looks, every byte
 * can be read by any tool, and equal content gives equal bytes.
 */
const BLOCK = 512;
const NAME_MAX = 100;
/** What a member may be called: no folder, no way out of one, the same on every file system. */
const NAME = /^[a-z0-9][a-z0-9.-]*$/;
const MEMBERS_MAX = 1000;
const TOTAL_MAX_BYTES = 256 * 1024 * 1024;

export interface TarMember {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The archive's bytes. Every member belongs to nobody, at no time. */
export function writeTar(members: readonly TarMember[]): Buffer {
  const blocks = members.flatMap(({ name, content }) => {
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [headerOf(name, content.length), Buffer.from(content), padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(name: string, size: number): Buffer {
  if (!isName(name)) throw new RangeError(`A member cannot be called ${name}.`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, "ascii");
  header.write("0000644\0", 100, "ascii");
  header.write("0000000\0", 108, "ascii");
  header.write("0000000\0", 116, "ascii");
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "ascii");
  header.write("00000000000\0", 136, "ascii");
  header.write("        ", 148, "ascii");
  header.write("0", 156, "ascii");
  header.write("ustar\0" + "00", 257, "ascii");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return header;
}

export type ReadTar =
  { kind: "members"; members: ReadonlyMap<string, Buffer> } | { kind: "bad"; says: string };

const bad = (says: string): ReadTar => ({ kind: "bad", says });

/**
 * Reads such an archive and nothing else: each header has to be byte for byte the one that we write. So there are no
 * links, devices, folders, long names, extensions, holes or second members of one name, and no path is ever used.
 */
export function readTar(bytes: Buffer): ReadTar {
  if (bytes.length > TOTAL_MAX_BYTES) return bad("The archive is larger than any bundle.");
  const members = new Map<string, Buffer>();
  let at = 0;
  while (at + BLOCK <= bytes.length) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return ended(bytes, at, members);
    const nul = header.indexOf(0);
    const name = header.toString("latin1", 0, Math.min(nul === -1 ? NAME_MAX : nul, NAME_MAX));
    const size = sizeIn(header);
    if (size === null || !isName(name) || !headerOf(name, size).equals(header)) {
      return bad(`The archive has a member at byte ${at} that is not one of a bundle.`);
    }
    if (members.has(name)) return bad(`The archive has two members called ${name}.`);
    if (members.size >= MEMBERS_MAX) return bad("The archive has more members than any bundle.");
    const end = at + BLOCK + size;
    const next = Math.ceil(end / BLOCK) * BLOCK;
    if (next > bytes.length) return bad(`The member ${name} is cut off.`);
    if (bytes.subarray(end, next).some((byte) => byte !== 0)) {
      return bad(`Bytes are hidden behind the member ${name}.`);
    }
    members.set(name, bytes.subarray(at + BLOCK, end));
    at = next;
  }
  return bad("The archive has no end: it was cut off.");
}

/** The end is two empty blocks and nothing after them. */
function ended(bytes: Buffer, at: number, members: ReadonlyMap<string, Buffer>): ReadTar {
  const isEnd = bytes.length === at + 2 * BLOCK && bytes.subarray(at).every((byte) => byte === 0);
  return isEnd ? { kind: "members", members } : bad("Something stands behind the end of the archive.");
}

function sizeIn(header: Buffer): number | null {
  const text = header.toString("latin1", 124, 135);
  return /^[0-7]{11}$/.test(text) ? Number.parseInt(text, 8) : null;
}

const isName = (name: string) => name.length <= NAME_MAX && NAME.test(name) && !name.includes("..");
