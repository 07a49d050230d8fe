import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

// OWASP Password Storage Cheat Sheet, scrypt row: N = 2^16, r = 8, p = 2 needs 64 MiB and about 150 ms here.
const COST = { N: 65_536, r: 8, p: 2, maxmem: 128 * 1024 * 1024 };
const KEY_BYTES = 32;

/** `scrypt$<salt>$<key>`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/**
 * Compares in constant time. With no stored hash it does the same work and answers false, so that unknown people take
 * as long as known ones.
 */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, saltText, keyText] = (stored ?? "scrypt$AAAAAAAAAAAAAAAAAAAAAA$").split("$");
  const key = await derive(password, Buffer.from(saltText ?? "", "base64url"));
  const expected = Buffer.from(keyText ?? "", "base64url");
  return expected.length === KEY_BYTES && timingSafeEqual(key, expected);
}

/** 20 characters from an alphabet without look-alikes: about 116 bits. */
export function generatePassword(): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  const characters: string[] = [];
  while (characters.length < 20) {
    for (const byte of randomBytes(32)) {
      const character = byte < 4 * alphabet.length ? alphabet[byte % alphabet.length] : undefined;
      if (character !== undefined && characters.length < 20) characters.push(character);
    }
  }
  return characters.join("").replace(/(.{5})(?=.)/g, "$1-");
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
