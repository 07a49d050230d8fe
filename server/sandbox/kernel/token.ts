export interface TokenRole {
  id: string;
  name: string;
}

export type TokenScope =
  | { kind: "project"; projectId: string; projectDomainId: string }
  | { kind: "domain"; domainId: string }
  | { kind: "unscoped" };

/** A token that was valid when the request arrived. Times are ISO 8601 strings in UTC. */
export interface SandboxToken {
  id: string;
  methods: string[];
  userId: string;
  userName: string;
  userDomainId: string;
  roles: TokenRole[];
  scope: TokenScope;
  isAdminProject: boolean;
  appCredId: string | null;
  trustId: string | null;
  issuedAt: string;
  expiresAt: string;
}
