import type { Faults } from "./fault.ts";
import { PRINCIPALS_MAX } from "./limits.ts";
import { ACTOR_CAP_HOURS, ACTOR_TYPES, type ActorType } from "./states.ts";

/** Somebody or something that gets SSH certificates. */
export interface RegisteredActor {
  name: string;
  type: ActorType;
  /** Account names that a certificate may carry; never empty: one without any would fit every account. */
  principals: readonly string[];
  /** Whole hours, from 1 to the cap of the type. */
  maxTtlHours: number;
  /** Who may ask for it: the actor by its own name, or as `iam:` and that name. */
  allowedSubjects: readonly string[];
  description: string;
  /** A retired actor stays known and gets nothing. */
  isRetired: boolean;
}

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;
const NAME_MAX = 64;
/** What sshd compares with an account or a line of AuthorizedPrincipalsFile: no comma, no blank, no pattern. */
const PRINCIPAL = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/;
const DESCRIPTION_MAX = 500;

/** The two names under which an actor asks. */
export const subjectsOf = (name: string): readonly [string, string] => [name, `iam:${name}`];

/** Fields of a row from outside, before anything about them is known, each with its own path. */
export interface ActorRow {
  path: string;
  name: unknown;
  /** Left out where the whole row has one path. */
  namePath?: string;
  type: unknown;
  principals: unknown;
  ttlHours: unknown;
  subjects: unknown;
  description: unknown;
  retired: unknown;
  /** What the row calls its fields. */
  fields: { type: string; principals: string; ttlHours: string; subjects: string };
}

/** Reads one row; null when it has a fault, which is named by path and reason. */
export function readActor(row: ActorRow, faults: Faults): RegisteredActor | null {
  const before = faults.list.length;
  const at = (field: string) => `${row.path}.${field}`;
  const name = readName(row, faults);
  const type = readType(row, faults);
  if (name !== null && type !== null && !name.startsWith(`${type}-`)) {
    faults.add(row.namePath ?? row.path, "name_prefix", `${name} is of type ${type}, so its name has to begin with ${type}-.`); // prettier-ignore
  }
  const principals = readPrincipals(row, faults);
  const maxTtlHours = readTtl(row, type, faults);
  const allowedSubjects = name === null ? [] : readSubjects(row, name, faults);
  const { description, retired } = row;
  if (
    description !== undefined &&
    (typeof description !== "string" || description.length > DESCRIPTION_MAX)
  ) {
    faults.add(at("description"), "wrong_kind", `A description is a text of at most ${DESCRIPTION_MAX} characters.`); // prettier-ignore
  }
  if (retired !== undefined && typeof retired !== "boolean") {
    faults.add(at("retired"), "wrong_kind", "retired is true or false.");
  }
  if (faults.list.length > before || name === null || type === null || maxTtlHours === null) return null;
  return {
    name,
    type,
    principals,
    maxTtlHours,
    allowedSubjects,
    description: typeof description === "string" ? description : "",
    isRetired: retired === true,
  };
}

function readName({ name, namePath, path }: ActorRow, faults: Faults): string | null {
  if (typeof name === "string" && name.length <= NAME_MAX && NAME.test(name)) return name;
  faults.add(namePath ?? path, "bad_name", "A name is <type>-<scope>-<purpose>: small letters and digits, joined by hyphens, at most 64 characters."); // prettier-ignore
  return null;
}

function readType({ type, path, fields }: ActorRow, faults: Faults): ActorType | null {
  const found = ACTOR_TYPES.find((one) => one === type);
  if (found === undefined) {
    faults.add(`${path}.${fields.type}`, type === undefined ? "missing" : "bad_type", `A type is one of ${ACTOR_TYPES.join(", ")}.`); // prettier-ignore
  }
  return found ?? null;
}

function readPrincipals({ principals, path, fields }: ActorRow, faults: Faults): string[] {
  const at = `${path}.${fields.principals}`;
  if (!Array.isArray(principals)) {
    faults.add(at, principals === undefined ? "missing" : "wrong_kind", "Principals are a list of account names."); // prettier-ignore
    return [];
  }
  if (principals.length === 0) {
    faults.add(at, "no_principals", "Name at least one principal: a certificate without any fits every account."); // prettier-ignore
  }
  if (principals.length > PRINCIPALS_MAX) {
    faults.add(at, "too_many", `An actor has at most ${PRINCIPALS_MAX} principals.`);
    return [];
  }
  const refuse = (text: string) =>
    PRINCIPAL.test(text)
      ? null
      : (["bad_principal", "A principal is letters, digits and _ . @ -, at most 64 characters."] as const);
  return readTexts(principals, { path: at, refuse }, faults);
}

function readTtl(
  { ttlHours, path, fields }: ActorRow,
  type: ActorType | null,
  faults: Faults,
): number | null {
  const at = `${path}.${fields.ttlHours}`;
  const cap = type === null ? null : ACTOR_CAP_HOURS[type];
  if (ttlHours === undefined && cap !== null) {
    faults.add(at, "missing", `Say how many hours a certificate may last: a whole number from 1 to ${cap}.`);
    return null;
  }
  if (typeof ttlHours !== "number" || !Number.isInteger(ttlHours) || ttlHours < 1) {
    faults.add(at, "ttl_out_of_bounds", "Hours are a whole number of at least 1.");
    return null;
  }
  if (cap !== null && ttlHours > cap) {
    faults.add(at, "ttl_out_of_bounds", `${ttlHours} hours are more than the ${cap} that type ${type} may have.`); // prettier-ignore
    return null;
  }
  return ttlHours;
}

function readSubjects({ subjects, path, fields }: ActorRow, name: string, faults: Faults): string[] {
  const own = subjectsOf(name);
  if (subjects === undefined) return [...own];
  const at = `${path}.${fields.subjects}`;
  if (!Array.isArray(subjects)) {
    faults.add(at, "wrong_kind", "Subjects are a list of names.");
    return [];
  }
  if (subjects.length === 0) faults.add(at, "no_subjects", `Name ${own.join(" or ")}, or retire the actor.`);
  const refuse = (text: string) =>
    own.some((one) => one === text)
      ? null
      : (["foreign_subject", `Only ${own.join(" and ")} may ask as ${name}.`] as const);
  return readTexts(subjects, { path: at, refuse }, faults);
}

function readTexts(
  list: readonly unknown[],
  of: {
    path: string;
    refuse: (text: string) => readonly ["bad_principal" | "foreign_subject", string] | null;
  },
  faults: Faults,
): string[] {
  const seen = new Set<string>();
  for (const [index, text] of list.entries()) {
    const at = `${of.path}[${index}]`;
    if (typeof text !== "string") {
      faults.add(at, "wrong_kind", "This is no text.");
      continue;
    }
    const fault = of.refuse(text);
    if (fault !== null) faults.add(at, fault[0], fault[1]);
    else if (seen.has(text)) faults.add(at, "repeated", `${text} stands here twice.`);
    seen.add(text);
  }
  return [...seen];
}
