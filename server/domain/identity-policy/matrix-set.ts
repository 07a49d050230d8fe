import * as z from "zod";
import { readOsloDict } from "../oslo/json.ts";
import type { OsloDict } from "../oslo/values.ts";
import { tokenCredentials } from "./policy-target.ts";

/** Who asks: a token document as Keystone gives it out. */
export interface Persona {
  name: string;
  creds: OsloDict;
}

/** What is asked about: one domain with a project, a user and a group in it, and the role of a grant. */
export interface MatrixPlace {
  name: string;
  domain: string;
  project: string;
  user: string;
  group: string;
  role: string;
  /** Only grants and roles are asked about this one: the rest is as in another place. */
  isForRoles: boolean;
}

/** An answer that the policy has to give before it is taken. */
export interface MatrixCase {
  group: "PASS" | "DENY" | "UNAFFECTED";
  persona: string;
  operation: string;
  place: string;
}

export interface MatrixSet {
  personas: readonly Persona[];
  places: readonly MatrixPlace[];
  cases: readonly MatrixCase[];
  /** Rules that are asked; null for all that are modelled. */
  operations: readonly string[] | null;
}

const named = (id: string) => ({ id, name: id });

function scopedToDomain(name: string, roles: readonly string[]): Persona {
  const domain = named("own-domain");
  const user = { ...named(`${name}-user`), domain };
  return { name, creds: tokenCredentials({ user, domain, roles: roles.map(named) }) };
}

function scopedToProject(name: string, roles: readonly string[], isAdminProject = false): Persona {
  const domain = named(isAdminProject ? "admin-domain" : "own-domain");
  const project = { ...named(isAdminProject ? "admin-project" : "own-project"), domain };
  const user = { ...named(`${name}-user`), domain };
  const token = { user, project, roles: roles.map(named), is_admin_project: isAdminProject };
  return { name, creds: tokenCredentials(token) };
}

const place = (name: string, of: "own" | "other", role: string): MatrixPlace => ({
  name,
  domain: `${of}-domain`,
  project: `${of}-project`,
  user: `${of}-user`,
  group: `${of}-group`,
  role,
  isForRoles: role !== "member",
});

const cases = (
  group: MatrixCase["group"],
  persona: string,
  rows: readonly (readonly [string, ...string[]])[],
) =>
  rows.flatMap(([name, ...operations]) =>
    operations.map((operation) => ({ group, persona, operation: `identity:${operation}`, place: name })),
  );

const ACROSS = ["create_user", "get_user", "update_user", "delete_user", "create_project", "get_project", "update_project", "create_grant", "get_domain"]; // prettier-ignore

/** The acceptance cases of a domain manager (SCS standard scs-0302): self-service at home, nothing elsewhere. */
export const STANDARD_SET: MatrixSet = {
  personas: [
    scopedToProject("cloud-admin", ["admin", "member", "reader"], true),
    scopedToDomain("domain-manager", ["manager"]),
    scopedToDomain("domain-admin", ["admin"]),
    scopedToProject("project-admin", ["admin"]),
    scopedToProject("project-member", ["member"]),
    scopedToProject("project-reader", ["reader"]),
  ],
  places: [
    place("own", "own", "member"),
    place("own, role load-balancer_member", "own", "load-balancer_member"),
    place("own, role admin", "own", "admin"),
    place("own, role manager", "own", "manager"),
    place("other", "other", "member"),
  ],
  cases: [
    ...cases("PASS", "domain-manager", [
      ["own", "create_user", "create_project", "create_grant"],
      ["own, role load-balancer_member", "create_grant"],
    ]),
    // What Magnum's trustees are made by: an admin of one domain, who holds no manager role.
    ...cases("PASS", "domain-admin", [["own", "create_user", "create_project"]]),
    ...cases("DENY", "domain-manager", [
      ["own, role admin", "create_grant"],
      ["own, role manager", "create_grant"],
      ["other", ...ACROSS],
    ]),
    ...cases("UNAFFECTED", "cloud-admin", [
      ["own", "create_user", "create_project", "create_grant", "update_user"],
      ["own, role admin", "create_grant"],
      ["other", ...ACROSS],
    ]),
  ],
  operations: null,
};

const dict = z.custom<OsloDict>((value) => readOsloDict(value) !== null, "has to be an object");
const text = z.string().min(1).max(200);
const setSchema = z.strictObject({
  personas: z
    .array(z.strictObject({ name: text, token: dict.optional(), creds: dict.optional() }))
    .min(1)
    .max(50),
  places: z
    .array(
      z.strictObject({
        name: text, domain: text, project: text, user: text, group: text, role: text, isForRoles: z.boolean().default(false),
      }), // prettier-ignore
    )
    .min(1)
    .max(50),
  cases: z
    .array(
      z.strictObject({
        group: z.enum(["PASS", "DENY", "UNAFFECTED"]),
        persona: text,
        operation: text,
        place: text,
      }),
    )
    .max(2000)
    .default([]),
  operations: z.array(text).max(500).nullable().default(null),
});

export type ReadSet = { kind: "set"; set: MatrixSet } | { kind: "bad"; says: string };

/** Personas and places of one's own. `says` names the field that is wrong. */
export function readMatrixSet(value: unknown): ReadSet {
  const read = setSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { kind: "bad", says: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}.` };
  }
  const personas = read.data.personas.map(({ name, token, creds }) => ({
    name,
    creds: creds ?? tokenCredentials(token ?? {}),
  }));
  return { kind: "set", set: { ...read.data, personas } };
}
