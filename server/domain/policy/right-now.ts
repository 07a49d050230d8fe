import type { Role } from "../person/states.ts";
import type { Action } from "./actions.ts";
import { decide, type Separation } from "./decide.ts";

/** A person as the database knows him at this moment. */
export interface PersonNow {
  id: string;
  name: string;
  email: string;
  isDisabled: boolean;
  roles: readonly Role[];
}

const NO_SESSION = "00000000-0000-0000-0000-000000000000";

/** Why somebody who did this earlier could not do it now, as words after his name, or null. */
export function lostRight(person: PersonNow, action: Action, separation: Separation = {}): string | null {
  if (person.isDisabled) return "can no longer sign in";
  const { id, name, email, roles } = person;
  const decision = decide({
    actor: { kind: "person", personId: id, sessionId: NO_SESSION, name, email, roles },
    action,
    separation,
  });
  return decision.effect === "allow" ? null : "no longer has the right to";
}
