import type { GrantTarget, IdentityState } from "./state.ts";
import { isSameTarget } from "./effective-roles.ts";

export function deleteUserAndBelongings(state: IdentityState, userId: string): void {
  delete state.users[userId];
  state.grants = state.grants.filter((grant) => !(grant.actor.kind === "user" && grant.actor.id === userId));
  dropWhere(state.appCreds, (appCred) => appCred.userId === userId);
  dropWhere(state.ec2, (credential) => credential.userId === userId);
  dropWhere(state.trusts, (trust) => trust.trustorUserId === userId || trust.trusteeUserId === userId);
  dropWhere(state.tokens, (token) => token.userId === userId);
  for (const group of Object.values(state.groups)) {
    group.userIds = group.userIds.filter((id) => id !== userId);
  }
}

export function deleteProjectAndBelongings(state: IdentityState, projectId: string): void {
  delete state.projects[projectId];
  dropGrantsOn(state, { kind: "project", id: projectId });
  dropWhere(state.appCreds, (appCred) => appCred.projectId === projectId);
  dropWhere(state.ec2, (credential) => credential.projectId === projectId);
  dropWhere(state.trusts, (trust) => trust.projectId === projectId);
}

export function deleteGroup(state: IdentityState, groupId: string): void {
  delete state.groups[groupId];
  state.grants = state.grants.filter(
    (grant) => !(grant.actor.kind === "group" && grant.actor.id === groupId),
  );
}

export function deleteDomainAndContents(state: IdentityState, domainId: string): void {
  for (const project of Object.values(state.projects)) {
    if (project.domainId === domainId) deleteProjectAndBelongings(state, project.id);
  }
  for (const user of Object.values(state.users)) {
    if (user.domainId === domainId) deleteUserAndBelongings(state, user.id);
  }
  for (const group of Object.values(state.groups)) {
    if (group.domainId === domainId) deleteGroup(state, group.id);
  }
  delete state.domains[domainId];
  dropGrantsOn(state, { kind: "domain", id: domainId });
}

function dropGrantsOn(state: IdentityState, target: GrantTarget): void {
  state.grants = state.grants.filter((grant) => !isSameTarget(grant.target, target));
}

function dropWhere<T>(records: Record<string, T>, isDropped: (record: T) => boolean): void {
  for (const [id, record] of Object.entries(records)) if (isDropped(record)) delete records[id];
}
