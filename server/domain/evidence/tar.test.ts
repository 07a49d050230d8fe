import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTar, type TarMember, writeTar } from "./tar.ts";

const MEMBERS: TarMember[] = [
  { name: "manifest.json", content: Buffer.from("{}") },
  { name: "empty.json", content: Buffer.alloc(0) },
  { name: "block.bin", content: Buffer.alloc(512, 1) },
  { name: "job-1.json", content: Buffer.alloc(700, "x") },
];
const BYTES = writeTar(MEMBERS);

/** The header of a member at a byte, changed, with a checksum that fits. */
function patched(at: number, offset: number, text: string): Buffer {
  const bytes = Buffer.from(BYTES);
  bytes.write(text, at + offset, "latin1");
  bytes.write("        ", at + 148, "latin1");
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  return bytes;
}

describe("a tar of a bundle", () => {
  it("reads back what was written, the same bytes every time", () => {
    const read = readTar(BYTES);
    expect(
      read.kind === "members" &&
        [...read.members].map(([name, content]) => ({ name, content: Buffer.from(content) })),
    ).toEqual(MEMBERS);
    expect(writeTar(MEMBERS)).toEqual(BYTES);
    expect(readTar(writeTar([]))).toEqual({ kind: "members", members: new Map() });
  });

  it("is one that other programs read", () => {
    const listed = execFileSync("tar", ["-tf", "-"], { input: BYTES, encoding: "utf8" });
    expect(listed.trim().split("\n")).toEqual(MEMBERS.map(({ name }) => name));
  });

  it.each<[string, Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("hello")],
    ["a compressed one", gzipSync(BYTES)],
    ["a zip", Buffer.from("504b0304".padEnd(2048, "0"), "hex")],
    ["one without an end", BYTES.subarray(0, -1024)],
    ["one with half an end", BYTES.subarray(0, -512)],
    ["one cut in a member", BYTES.subarray(0, 3 * 512)],
    ["one with something behind it", Buffer.concat([BYTES, Buffer.alloc(512)])],
    ["two in one", Buffer.concat([BYTES, BYTES])],
    ["a wrong checksum", Buffer.from(BYTES).fill("1", 148, 149)],
    ["bytes behind a member", Buffer.from(BYTES).fill(1, 600, 601)],
    ["a symbolic link", patched(0, 156, "2")],
    ["a hard link", patched(0, 156, "1")],
    ["a folder", patched(0, 156, "5")],
    ["a device", patched(0, 156, "3")],
    ["a long name", patched(0, 156, "L")],
    ["an extension", patched(0, 156, "x")],
    ["a way out", patched(0, 0, "../../etc/x\0\0")],
    ["an absolute path", patched(0, 0, "/etc/passwd\0\0")],
    ["a folder in a name", patched(0, 0, "a/b.json\0\0\0\0\0")],
    ["a capital letter", patched(0, 0, "Manifest.json")],
    ["a hidden file", patched(0, 0, ".anifest.json")],
    ["a name without an end", patched(0, 0, "a".repeat(101))],
    ["a prefix", patched(0, 345, "folder")],
    ["another owner", patched(0, 108, "0000777")],
    ["another mode", patched(0, 100, "0000777")],
    ["another time", patched(0, 136, "14000000000")],
    ["a size that lies", patched(0, 124, "77777777777")],
    [
      "a size in another base",
      patched(0, 124, "\u0080\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0002"),
    ],
    ["a negative size", patched(0, 124, "-0000000001")],
    ["two of one name", writeTar([...MEMBERS, { name: "empty.json", content: Buffer.from("1") }])],
    [
      "too many members",
      writeTar(Array.from({ length: 1001 }, (_, at) => ({ name: `m${at}`, content: Buffer.alloc(0) }))),
    ],
  ])("refuses %s", (_what, bytes) => {
    expect(readTar(bytes)).toMatchObject({ kind: "bad", says: expect.stringMatching(/\.$/) });
  });

  it("refuses more than any bundle has before it looks", () => {
    expect(readTar(Buffer.alloc(256 * 1024 * 1024 + 1))).toMatchObject({ kind: "bad" });
  });

  it.each(["", "A", "a/b", "../a", "a..b", ".a", "a".repeat(101), "a b", "\u00e4"])(
    "writes no member called %j",
    (name) => {
      expect(() => writeTar([{ name, content: Buffer.alloc(0) }])).toThrow(RangeError);
    },
  );

  it("never throws, and never reads a changed header as a member", () => {
    fc.assert(
      fc.property(fc.nat(BYTES.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bytes = Buffer.from(BYTES);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        const read = readTar(bytes);
        // Only content may differ: whether it may, the manifest says.
        if (read.kind === "members")
          expect([...read.members.keys()]).toEqual(MEMBERS.map(({ name }) => name));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(readTar(Buffer.from(bytes)).kind).toBe("bad");
      }),
    );
  });
});
