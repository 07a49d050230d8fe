import { findKey, isDict, isList, type OsloDict, type OsloValue } from "../oslo/values.ts";
import type { KeystoneOperation, TargetKind } from "./keystone-operation.ts";
import type { KeystoneRelease } from "./keystone-release.ts";

/** A request as Keystone meets it: which operation, and what came with it. */
export interface IdentityRequest {
  operation: KeystoneOperation;
  /** Variables of the URL. */
  variables: Readonly<Record<string, string>>;
  /** Query parameters. */
  query: Readonly<Record<string, string>>;
  /** The JSON of the body. */
  body: OsloDict;
  /** The domain of the token, where it is scoped to one. */
  tokenDomainId: string | null;
}

/** A resource by its id, as Keystone has it; null when there is none. */
export type Directory = (kind: TargetKind, id: string) => OsloDict | null;

/** The flat policy target that Keystone's enforcer makes of a request (RBACEnforcer.enforce_call). */
export function buildTarget(request: IdentityRequest, find: Directory, release: KeystoneRelease): OsloDict {
  const { operation, variables, query, body, tokenDomainId } = request;
  const filters = Object.fromEntries(
    operation.filters.flatMap((name) => (name in query ? [[name, query[name]]] : [])),
  );
  const outside = flatten(
    release.body === "merged" ? { ...body, ...filters } : { request_body: body, filter_attr: filters },
  );
  const own: Record<string, OsloValue> = { ...variables };
  for (const kind of operation.loads) {
    const found = find(kind, variables[`${kind}_id`] ?? "");
    if (found !== null) Object.assign(own, flatten({ target: { [kind]: found } }));
  }
  if (operation.creates !== null) {
    const resource = body[operation.creates];
    Object.assign(own, flatten({ target: { [operation.creates]: resource ?? {} } }));
  }
  if (operation.listKey !== null && tokenDomainId !== null) own[operation.listKey] = tokenDomainId;
  // Merged, what came from outside is put over the rest: that was the hole.
  return { ...own, ...outside };
}

function flatten(value: OsloDict, prefix = ""): Record<string, OsloValue> {
  const flat: Record<string, OsloValue> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (isDict(item)) Object.assign(flat, flatten(item, `${prefix}${key}.`));
    else flat[`${prefix}${key}`] = item;
  }
  return flat;
}

/** What a policy reads of a token document: Keystone's RequestContext.to_policy_values. */
export function tokenCredentials(token: OsloDict): OsloDict {
  const text = (...path: string[]): OsloValue => path.reduce<OsloValue>((at, key) => inner(at, key), token);
  const roles = text("roles");
  return {
    user_id: text("user", "id"),
    user_domain_id: text("user", "domain", "id"),
    system_scope: text("system", "all") === true ? "all" : null,
    domain_id: text("domain", "id"),
    project_id: text("project", "id"),
    project_domain_id: text("project", "domain", "id"),
    roles: isList(roles) ? roles.map((role) => inner(role, "name")) : [],
    is_admin_project: text("is_admin_project") === true,
    token,
  };
}

function inner(value: OsloValue, key: string): OsloValue {
  return isDict(value) ? (findKey(value, key) ?? null) : null;
}
