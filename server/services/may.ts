import type { Action } from "#server/domain/policy/actions.ts";
import { decide, type Separation } from "#server/domain/policy/decide.ts";
import type { Ctx } from "./verb.ts";

/** What a screen needs to show a button: whether it works, and if not, why and who could. */
export interface May {
  allowed: boolean;
  says: string | null;
}

export const MAY: May = { allowed: true, says: null };

/** Asks the decision function for the screen. `unless` holds facts of the object that forbid it for everybody now. */
export function may(
  ctx: Ctx,
  action: Action,
  given: { separation?: Separation; unless?: string | null } = {},
): May {
  const decision = decide({
    actor: ctx.actor,
    action,
    ...(given.separation ? { separation: given.separation } : {}),
  });
  if (decision.effect === "deny") return { allowed: false, says: decision.says };
  if (given.unless) return { allowed: false, says: given.unless };
  return MAY;
}
