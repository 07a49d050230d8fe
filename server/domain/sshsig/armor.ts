import { demand } from "./fault.ts";

const LIMIT = 16_384;
const HEADER = "-----BEGIN SSH SIGNATURE-----";
const FOOTER = "-----END SSH SIGNATURE-----";
const FOREIGN = /[^\n\r\x20-\x7e]/;
/** Lines of base64 and nothing else; one line end at most behind the footer. */
const WHOLE = new RegExp(`^${HEADER}\\r?\\n((?:[A-Za-z0-9+/=]+\\r?\\n)+)${FOOTER}(?:\\r?\\n)?$`);

/**
 * The bytes inside an armored signature (PROTOCOL.sshsig of OpenSSH, "Armored format"). Stricter than OpenSSH: nothing
 * before or after, no white space but line ends, no second spelling of the same bytes. 16 KiB of armor hold 12 KiB.
 */
export function readArmor(armored: string): Buffer {
  demand(armored.length <= LIMIT, "ARMOR_TOO_LARGE");
  const foreign = FOREIGN.exec(armored);
  demand(foreign === null, "ARMOR_BAD_BYTE", `at character ${foreign?.index}`);
  demand(armored.startsWith(HEADER), "ARMOR_NO_HEADER");
  demand(armored.includes(`\n${FOOTER}`), "ARMOR_NO_FOOTER");
  const body = WHOLE.exec(armored)?.[1];
  demand(body !== undefined, "ARMOR_MALFORMED");
  const text = body.replace(/[\r\n]/g, "");
  const bytes = Buffer.from(text, "base64");
  demand(bytes.toString("base64") === text, "ARMOR_BASE64");
  return bytes;
}

/** The armored form of a signature, wrapped at 70 columns as ssh-keygen does. */
export function writeArmor(blob: Uint8Array): string {
  const lines =
    Buffer.from(blob)
      .toString("base64")
      .match(/.{1,70}/g) ?? [];
  return `${[HEADER, ...lines, FOOTER].join("\n")}\n`;
}
