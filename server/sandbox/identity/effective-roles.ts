import type { GrantActor, GrantTarget, IdentityState, RoleRecord } from "./state.ts";

/** The roles plus everything they imply, directly or through others; prior roles come first. */
export function expandRoles(state: IdentityState, roleIds: readonly string[]): RoleRecord[] {
  const seen = new Set<string>(roleIds);
  for (const id of seen) {
    for (const rule of state.impliedRoles) if (rule.priorId === id) seen.add(rule.impliedId);
  }
  return [...seen].flatMap((id) => {
    const role = state.roles[id];
    return role === undefined ? [] : [role];
  });
}

/** Role ids granted to the user on the target, directly or through a group, without implied roles. */
export function listGrantedRoleIds(state: IdentityState, userId: string, target: GrantTarget): string[] {
  const granted = state.grants.filter(
    (grant) => isSameTarget(grant.target, target) && isActor(state, grant.actor, userId),
  );
  return [...new Set(granted.map((grant) => grant.roleId))];
}

/** The user's roles on the target, implied ones included. */
export function listEffectiveRoles(state: IdentityState, userId: string, target: GrantTarget): RoleRecord[] {
  return expandRoles(state, listGrantedRoleIds(state, userId, target));
}

export function isSameTarget(left: GrantTarget, right: GrantTarget): boolean {
  return left.kind === right.kind && left.id === right.id;
}

function isActor(state: IdentityState, actor: GrantActor, userId: string): boolean {
  if (actor.kind === "user") return actor.id === userId;
  return state.groups[actor.id]?.userIds.includes(userId) ?? false;
}
