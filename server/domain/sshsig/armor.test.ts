import { describe, expect, it } from "vitest";
import { readArmor, writeArmor } from "./armor.ts";
import { faultOf } from "./fault.ts";

const BLOB = Buffer.from("SSHSIG and whatever follows it, longer than one line of seventy columns is");
const GOOD = writeArmor(BLOB);
const LINES = GOOD.trimEnd().split("\n");
const HEADER = "-----BEGIN SSH SIGNATURE-----";
const FOOTER = "-----END SSH SIGNATURE-----";

function codeOf(armored: string): string {
  const read = faultOf(() => readArmor(armored));
  return read.kind === "fault" ? read.fault.code : "none";
}

describe("readArmor", () => {
  it.each([
    ["as ssh-keygen writes it", GOOD],
    ["with CRLF", GOOD.replaceAll("\n", "\r\n")],
    ["with both line ends", GOOD.replace("\n", "\r\n")],
    ["without a last line end", GOOD.trimEnd()],
    ["in one line", [HEADER, LINES.slice(1, -1).join(""), FOOTER].join("\n")],
    ["in lines of one character", [HEADER, ...LINES.slice(1, -1).join("").split(""), FOOTER].join("\n")],
  ])("reads a signature %s", (_what, armored) => {
    expect(readArmor(armored).equals(BLOB)).toBe(true);
  });

  it.each([
    ["nothing", "", "ARMOR_NO_HEADER"],
    ["a header alone", HEADER, "ARMOR_NO_FOOTER"],
    ["header and footer", `${HEADER}\n${FOOTER}\n`, "ARMOR_MALFORMED"],
    ["an empty line between", GOOD.replace("\n", "\n\n"), "ARMOR_MALFORMED"],
    ["an empty line at the end", `${GOOD}\n`, "ARMOR_MALFORMED"],
    ["a blank behind the footer", `${GOOD.trimEnd()} `, "ARMOR_MALFORMED"],
    ["words behind the footer", `${GOOD}and so on`, "ARMOR_MALFORMED"],
    ["a blank behind the header", GOOD.replace("\n", " \n"), "ARMOR_MALFORMED"],
    ["a tab inside", GOOD.replace("U", "\t"), "ARMOR_BAD_BYTE"],
    ["a blank inside", GOOD.replace("U1", "U 1"), "ARMOR_MALFORMED"],
    ["PEM headers", GOOD.replace("\n", "\nComment: x\n\n"), "ARMOR_MALFORMED"],
    ["a BOM", `\ufeff${GOOD}`, "ARMOR_BAD_BYTE"],
    ["a byte above ASCII", GOOD.replace("U", "\u00e9"), "ARMOR_BAD_BYTE"],
    ["DEL", GOOD.replace("U", "\x7f"), "ARMOR_BAD_BYTE"],
    ["a lone CR for line ends", GOOD.replaceAll("\n", "\r"), "ARMOR_NO_FOOTER"],
    ["the footer on the last line", GOOD.replace(`\n${FOOTER}`, FOOTER), "ARMOR_NO_FOOTER"],
    ["a blank in front", ` ${GOOD}`, "ARMOR_NO_HEADER"],
    ["another header first", `${HEADER}\n${GOOD}`, "ARMOR_MALFORMED"],
    ["padding inside", GOOD.replace("U1NI", "U1=I"), "ARMOR_BASE64"],
    ["padding that is too much", GOOD.replace(`\n${FOOTER}`, `=\n${FOOTER}`), "ARMOR_BASE64"],
    ["one character of base64", `${HEADER}\nA\n${FOOTER}`, "ARMOR_BASE64"],
    ["trailing bits", `${HEADER}\nQR==\n${FOOTER}`, "ARMOR_BASE64"],
  ])("refuses %s", (_what, armored, code) => {
    expect(codeOf(armored)).toBe(code);
  });

  it("says where a foreign character stands", () => {
    const read = faultOf(() => readArmor(`${HEADER}\0`));
    expect(read).toMatchObject({ fault: { detail: "at character 29" } });
  });

  it("takes 16 KiB and not a character more", () => {
    const frame = `${HEADER}\n\n${FOOTER}`.length;
    const whole = `${HEADER}\nAAAA\nAAAA\n${"A".repeat(16_384 - frame - 10)}\n${FOOTER}`;
    expect([whole.length, codeOf(whole)]).toEqual([16_384, "none"]);
    expect(codeOf(`${whole}\n`)).toBe("ARMOR_TOO_LARGE");
  });
});

describe("writeArmor", () => {
  it("wraps at seventy columns", () => {
    expect(LINES.map((line) => line.length)).toEqual([29, 70, 30, 27]);
    expect(GOOD.endsWith(`${FOOTER}\n`)).toBe(true);
    expect(writeArmor(Buffer.alloc(0))).toBe(`${HEADER}\n${FOOTER}\n`);
  });
});
