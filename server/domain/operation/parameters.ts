import * as z from "zod";

/** `{{step.output}}`: an id that an earlier call of the same plan will answer. */
const SYMBOLIC = /^\{\{[a-z][a-z0-9_-]*\.[a-z][a-z0-9_]*\}\}$/;
const KEYSTONE_ID = /^([0-9a-f]{32}|[0-9a-f]{64})$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const idOf = (pattern: RegExp, what: string) =>
  z
    .string()
    .refine((text) => pattern.test(text) || SYMBOLIC.test(text), `Use ${what}, or an earlier step's output.`);

/** Domains, projects, users, roles: 32 hexadecimal digits, or 64 where a directory backs the domain. */
export const keystoneId = idOf(KEYSTONE_ID, "an identity id of 32 hexadecimal digits");

/** Networks, images, clusters and everything else outside Keystone. */
export const uuidId = idOf(UUID, "a UUID");

/** A name as OpenStack stores it. Braces are left out so that no name can be taken for a reference. */
export const objectName = z
  .string()
  .regex(/^[^{}\p{Cc}]{1,255}$/u, "Use 1 to 255 characters, without braces or control characters.");

export const descriptionText = z
  .string()
  .regex(/^[^{}\p{Cc}]{0,200}$/u, "Use at most 200 characters, without braces or control characters.");

export const atLeastOne = z.int().min(1).max(10_000_000);

/** Where a grant stands. */
export const grantScope = z.enum(["project", "domain"]);

/** What the record says where a thing was never made. */
export const NEVER_MADE = "none";

/** An id on record, or the word that the tenant never had such a thing. */
export const orNever = <S extends z.ZodType>(id: S) => z.union([z.literal(NEVER_MADE), id]);
