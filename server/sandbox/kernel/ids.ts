import { randomBytes, randomUUID } from "node:crypto";

/** 32 hex digits: the form of Keystone's ids. */
export function newHexId(): string {
  return randomUUID().replaceAll("-", "");
}

/** A dashed UUID: the form of Nova's, Neutron's, Glance's and Magnum's ids. */
export function newUuid(): string {
  return randomUUID();
}

/** 22 URL-safe characters: the form of a token's audit id. */
export function newAuditId(): string {
  return randomBytes(16).toString("base64url");
}
