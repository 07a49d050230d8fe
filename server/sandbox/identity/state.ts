export interface PasswordHash {
  salt: string;
  hash: string;
}

export interface DomainRecord {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
}

export interface ProjectRecord {
  id: string;
  name: string;
  domainId: string;
  parentId: string;
  description: string;
  enabled: boolean;
  tags: string[];
}

export interface UserRecord {
  id: string;
  name: string;
  domainId: string;
  enabled: boolean;
  password: PasswordHash | null;
  defaultProjectId: string | null;
  /** Attributes Keystone stores as they came: description, email and anything unknown. */
  extra: Record<string, unknown>;
  /** Tokens issued in this second or earlier are dead (whole seconds, ISO 8601); null: never reset. */
  tokensDeadThrough: string | null;
}

export interface RoleRecord {
  id: string;
  name: string;
  domainId: string | null;
  description: string | null;
}

export interface GroupRecord {
  id: string;
  name: string;
  domainId: string;
  description: string;
  userIds: string[];
}

export type GrantTarget = { kind: "project"; id: string } | { kind: "domain"; id: string };
export type GrantActor = { kind: "user"; id: string } | { kind: "group"; id: string };

export interface GrantRecord {
  roleId: string;
  actor: GrantActor;
  target: GrantTarget;
}

export interface AppCredRecord {
  id: string;
  name: string;
  description: string | null;
  userId: string;
  projectId: string;
  secret: PasswordHash;
  roleIds: string[];
  expiresAt: string | null;
  /** Null when the request did not say: Keystone keeps and shows it so, and takes it for false. */
  unrestricted: boolean | null;
}

export interface TrustRecord {
  id: string;
  trustorUserId: string;
  trusteeUserId: string;
  projectId: string | null;
  impersonation: boolean;
  roleIds: string[];
  expiresAt: string | null;
  remainingUses: number | null;
  allowRedelegation: boolean;
}

export interface Ec2Record {
  access: string;
  secret: string;
  userId: string;
  projectId: string;
  trustId: string | null;
}

export interface TokenRecord {
  methods: string[];
  userId: string;
  scope: { kind: "unscoped" } | { kind: "project"; projectId: string } | { kind: "domain"; domainId: string };
  appCredId: string | null;
  trustId: string | null;
  auditIds: string[];
  issuedAt: string;
  expiresAt: string;
  isRevoked: boolean;
}

export interface CatalogRecord {
  serviceId: string;
  type: string;
  name: string;
  /** Joined to the listener's origin when the catalog is rendered. */
  path: string;
  endpointIds: { public: string; internal: string; admin: string };
}

export interface IdentityState {
  adminProjectId: string;
  adminDomainId: string;
  servicesProjectId: string;
  magnumDomainId: string;
  magnumDomainAdminId: string;
  domains: Record<string, DomainRecord>;
  projects: Record<string, ProjectRecord>;
  users: Record<string, UserRecord>;
  groups: Record<string, GroupRecord>;
  roles: Record<string, RoleRecord>;
  impliedRoles: { priorId: string; impliedId: string }[];
  grants: GrantRecord[];
  appCreds: Record<string, AppCredRecord>;
  trusts: Record<string, TrustRecord>;
  ec2: Record<string, Ec2Record>;
  /** Keyed by the SHA-256 of the token, so the state file holds no usable token. */
  tokens: Record<string, TokenRecord>;
  catalog: CatalogRecord[];
}
