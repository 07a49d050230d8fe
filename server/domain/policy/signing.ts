import { ACTOR_TYPES, type ActorType } from "../actor/states.ts";
import { type Role, ROLE_WORDS } from "../person/states.ts";

/** Roles that may have certificates of each type of actor signed; one of them is enough. */
export type SigningRoles = Readonly<Record<ActorType, readonly Role[]>>;

/**
 * What holds where the rules say nothing: a certificate for a person who administers is not an operator's to take, for
 * it would let him sign in as somebody else.
 */
export const DEFAULT_SIGNING: SigningRoles = {
  adm: ["manager", "admin"],
  agt: ["operator", "manager", "admin"],
  atm: ["operator", "manager", "admin"],
};

/** Why a person with these roles may have no certificate of this type signed, or null. Null rules: nobody may. */
export function signingProblem(
  rules: SigningRoles | null,
  of: { roles: readonly Role[]; type: ActorType },
): string | null {
  if (rules === null) return "The rules about who may have certificates signed cannot be read.";
  const wanted = rules[of.type];
  if (wanted.some((role) => of.roles.includes(role))) return null;
  const who = wanted.length === 0 ? "nobody" : wanted.map((role) => ROLE_WORDS[role]).join(" or ");
  return `Certificates of type ${of.type} are signed for: ${who}.`;
}

/** The rule as sentences, one for each type. */
export function describeSigning(rules: SigningRoles): string[] {
  return ACTOR_TYPES.map((type) => {
    const who = rules[type].map((role) => ROLE_WORDS[role]).join(", ");
    return `Certificates of type ${type} are signed for: ${who === "" ? "nobody" : who}.`;
  });
}
