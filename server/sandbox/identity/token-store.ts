import { createHash, randomBytes } from "node:crypto";
import { newAuditId } from "../kernel/ids.ts";
import type { SandboxToken, TokenRole, TokenScope } from "../kernel/token.ts";
import type { World } from "../kernel/world.ts";
import { expandRoles, listEffectiveRoles } from "./effective-roles.ts";
import type { IdentityState, TokenRecord, UserRecord } from "./state.ts";

/** Keystone's default [token] expiration. */
const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
/** Expired tokens are dropped when a new one is issued, so the state file stays small. */
const KEEP_EXPIRED_MS = 10 * 60 * 1000;

export type NewToken = Pick<TokenRecord, "methods" | "userId" | "scope" | "appCredId" | "trustId"> & {
  /** The audit id of the token this one was made from. */
  parentAuditId: string | null;
};

/** Issues a token: its issue time has whole seconds only, as in a Fernet token. */
export function issueToken(state: IdentityState, input: NewToken, now: Date): string {
  dropOldTokens(state, now);
  const id = `gAAAAAB${randomBytes(96).toString("base64url")}`;
  const issuedAt = wholeSecond(now);
  const { parentAuditId, ...fields } = input;
  state.tokens[tokenKey(id)] = {
    ...fields,
    auditIds: parentAuditId === null ? [newAuditId()] : [newAuditId(), parentAuditId],
    issuedAt: issuedAt.toISOString(),
    expiresAt: new Date(issuedAt.getTime() + TOKEN_LIFETIME_MS).toISOString(),
    isRevoked: false,
  };
  return id;
}

export function findTokenRecord(state: IdentityState, tokenId: string): TokenRecord | null {
  return state.tokens[tokenKey(tokenId)] ?? null;
}

/** The token as it stands now: roles are read from the grants at every use, as with Fernet tokens. */
export function findValidToken(world: World, tokenId: string, now: Date): SandboxToken | null {
  const record = findTokenRecord(world.identity, tokenId);
  const user = record === null ? undefined : world.identity.users[record.userId];
  if (record === null || user === undefined || isDeadSinceReset(record, user)) return null;
  return findIssuedToken(world, tokenId, now);
}

/** For the answer that issues it: Keystone hands out a token of the second of a reset, dead as it will be. */
export function findIssuedToken(world: World, tokenId: string, now: Date): SandboxToken | null {
  const state = world.identity;
  const record = findTokenRecord(state, tokenId);
  if (record === null || record.isRevoked || new Date(record.expiresAt) <= now) return null;
  const user = findEnabledUser(state, record.userId);
  if (user === null) return null;
  const scope = findScope(state, record);
  const roles = findRoles(state, record);
  if (scope === null || roles === null) return null;
  return {
    id: tokenId,
    methods: record.methods,
    userId: user.id,
    userName: user.name,
    userDomainId: user.domainId,
    roles,
    scope,
    isAdminProject: scope.kind === "project" && scope.projectId === state.adminProjectId,
    appCredId: record.appCredId,
    trustId: record.trustId,
    issuedAt: record.issuedAt,
    expiresAt: record.expiresAt,
  };
}

export function revokeToken(state: IdentityState, tokenId: string): void {
  const record = findTokenRecord(state, tokenId);
  if (record !== null) record.isRevoked = true;
}

export function expireToken(world: World, tokenId: string): void {
  revokeToken(world.identity, tokenId);
}

/**
 * Kills the user's tokens issued up to and including this second. Both times have whole seconds, so a token
 * issued after the reset but within its second is dead too, and stays dead.
 */
export function killTokensOf(user: UserRecord, now: Date): void {
  user.tokensDeadThrough = wholeSecond(now).toISOString();
}

export function findEnabledUser(state: IdentityState, userId: string): UserRecord | null {
  const user = state.users[userId];
  if (user === undefined || !user.enabled) return null;
  return state.domains[user.domainId]?.enabled === true ? user : null;
}

function isDeadSinceReset(record: TokenRecord, user: UserRecord): boolean {
  return user.tokensDeadThrough !== null && record.issuedAt <= user.tokensDeadThrough;
}

function findScope(state: IdentityState, record: TokenRecord): TokenScope | null {
  switch (record.scope.kind) {
    case "unscoped":
      return { kind: "unscoped" };
    case "domain":
      return state.domains[record.scope.domainId]?.enabled === true
        ? { kind: "domain", domainId: record.scope.domainId }
        : null;
    case "project": {
      const project = state.projects[record.scope.projectId];
      if (project === undefined || !project.enabled) return null;
      if (state.domains[project.domainId]?.enabled !== true) return null;
      return { kind: "project", projectId: project.id, projectDomainId: project.domainId };
    }
  }
}

/** Null when the token no longer stands for anything: no role left, or its credential or trust is gone. */
function findRoles(state: IdentityState, record: TokenRecord): TokenRole[] | null {
  if (record.scope.kind === "unscoped") return [];
  const target =
    record.scope.kind === "project"
      ? ({ kind: "project", id: record.scope.projectId } as const)
      : ({ kind: "domain", id: record.scope.domainId } as const);
  const held = listEffectiveRoles(state, record.userId, target);
  const heldIds = new Set(held.map((role) => role.id));
  let roles = held;
  if (record.appCredId !== null) {
    const appCred = state.appCreds[record.appCredId];
    if (appCred === undefined) return null;
    roles = expandRoles(state, appCred.roleIds).filter((role) => heldIds.has(role.id));
  } else if (record.trustId !== null) {
    const trust = state.trusts[record.trustId];
    if (trust === undefined) return null;
    roles = expandRoles(state, trust.roleIds);
  }
  return roles.length === 0 ? null : roles.map(({ id, name }) => ({ id, name }));
}

function dropOldTokens(state: IdentityState, now: Date): void {
  const limit = new Date(now.getTime() - KEEP_EXPIRED_MS).toISOString();
  for (const [key, record] of Object.entries(state.tokens)) {
    if (record.expiresAt < limit) delete state.tokens[key];
  }
}

function tokenKey(tokenId: string): string {
  return createHash("sha256").update(tokenId).digest("hex");
}

function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
