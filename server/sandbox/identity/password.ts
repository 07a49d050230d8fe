import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import type { PasswordHash } from "./state.ts";

/** Lower than a real cloud's: handlers are synchronous and the cloud is on loopback. */
const SCRYPT = { N: 2048, r: 8, p: 1 };
const HASH_BYTES = 32;

export function hashPassword(password: string): PasswordHash {
  const salt = randomBytes(16).toString("base64");
  return { salt, hash: derive(password, salt).toString("base64") };
}

export function isPassword(given: string, kept: PasswordHash): boolean {
  return timingSafeEqual(derive(given, kept.salt), Buffer.from(kept.hash, "base64"));
}

function derive(password: string, salt: string): Buffer {
  return scryptSync(password, salt, HASH_BYTES, SCRYPT);
}
