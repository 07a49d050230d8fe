import { randomBytes } from "node:crypto";
import type { RunningSandbox } from "#server/sandbox/kernel/server.ts";
import { isJsonObject } from "#server/sandbox/kernel/wire.ts";
import type { PolicyVariant } from "#server/sandbox/kernel/world.ts";
import type { CloudClient } from "./client.ts";
import type { Credentials } from "./credentials.ts";
import type { IdMap } from "./id-map.ts";
import { type Operator, signIn } from "./operator.ts";
import type { Capture } from "./recording.ts";

export interface ReplayParts {
  sandbox: RunningSandbox;
  client: CloudClient;
  credentials: Credentials;
  ids: IdMap;
}

type Precondition = (parts: ReplayParts, capture: Capture) => Promise<void>;

const TENANT = "acme";
const stockPolicy: PolicyVariant = {
  createUser: "fixed",
  trust: "target",
  override: "on",
  appCredTrust: true,
};
const spareNetworks = ["x1", "x2", "x3", "x4"];

/** What the recorded session did between its captures, by the capture it has to come before. */
export const preconditions: Readonly<Record<string, Precondition>> = {
  "42-appcred-list": async (parts) => {
    await createAppCred(parts, await serviceUser(parts, `${TENANT}-svc`), {
      name: `${TENANT}-restricted`,
      unrestricted: false,
    });
  },
  "57-quota-exceeded-409": async (parts) => {
    const user = await serviceUser(parts, `${TENANT}-svc`);
    for (const name of spareNetworks) await user.call("POST", "network/v2.0/networks", { network: { name } });
  },
  "58-router-gone-404": async (parts) => {
    const user = await serviceUser(parts, `${TENANT}-svc`);
    for (const name of spareNetworks) {
      await user.call(
        "DELETE",
        `network/v2.0/networks/${await user.findId(`network/v2.0/networks?name=${name}`)}`,
      );
    }
  },
  "90-appcred-before": async (parts, capture) => {
    const manager = await domainManager(parts);
    await createUser(parts, manager, `${TENANT}-e`);
    await grantOnProject(manager, "PUT", "member");
    await grantOnProject(manager, "PUT", "load-balancer_member");
    const user = await serviceUser(parts, `${TENANT}-e`);
    learnAppCred(parts, capture, await createAppCred(parts, user, { name: "e1", unrestricted: true }));
  },
  "90-appcred-after-role-revoke": async (parts) =>
    grantOnProject(await domainManager(parts), "DELETE", "load-balancer_member"),
  "90-appcred-after-role-regrant": async (parts) =>
    grantOnProject(await domainManager(parts), "PUT", "load-balancer_member"),
  "91-appcred-after-password-reset": async (parts, capture) => {
    const user = await serviceUser(parts, `${TENANT}-e`);
    learnAppCred(parts, capture, await createAppCred(parts, user, { name: "e2", unrestricted: true }));
    await changeUser(await domainManager(parts), { password: randomBytes(12).toString("hex") });
  },
  "92-appcred-user-disabled": async (parts) => changeUser(await domainManager(parts), { enabled: false }),
  "92-delete-disabled-domain": async (parts) => {
    const admin = await cloudAdmin(parts);
    const id = await admin.findId(`identity/v3/domains?name=other-${TENANT}`);
    await admin.call("PATCH", `identity/v3/domains/${id}`, { domain: { enabled: false } });
  },
  "80-broken-domadmin-create-user": async (parts) => {
    const admin = await cloudAdmin(parts);
    const userId = await createUser(parts, admin, `${TENANT}-domadmin`);
    const role = await admin.findId("identity/v3/roles?name=admin");
    const domainId = await admin.findId(`identity/v3/domains?name=${TENANT}`);
    const projectId = await admin.findId(`identity/v3/projects?name=${TENANT}-prod`);
    await admin.call("PUT", `identity/v3/domains/${domainId}/users/${userId}/roles/${role}`);
    await admin.call("PUT", `identity/v3/projects/${projectId}/users/${userId}/roles/${role}`);
    parts.sandbox.setPolicy({ ...stockPolicy, createUser: "broken" });
  },
  "81-fixed-domadmin-create-user": async (parts) => parts.sandbox.setPolicy(stockPolicy),
  "82-nooverride-manager-create-user": async (parts) =>
    parts.sandbox.setPolicy({ ...stockPolicy, override: "off" }),
  "83-appcred-list-trusts-refused": async (parts) =>
    parts.sandbox.setPolicy({ ...stockPolicy, appCredTrust: false }),
};

function cloudAdmin(parts: ReplayParts): Promise<Operator> {
  return signIn(parts.client, {
    user: "admin",
    userDomain: "admin_domain",
    password: parts.credentials.passwordOf("admin"),
    scope: { project: { name: "admin", domain: { name: "admin_domain" } } },
  });
}

function domainManager(parts: ReplayParts): Promise<Operator> {
  const user = `${TENANT}-manager`;
  const password = parts.credentials.passwordOf(user);
  return signIn(parts.client, { user, userDomain: TENANT, password, scope: { domain: { name: TENANT } } });
}

function serviceUser(parts: ReplayParts, user: string): Promise<Operator> {
  return signIn(parts.client, {
    user,
    userDomain: TENANT,
    password: parts.credentials.passwordOf(user),
    scope: { project: { name: `${TENANT}-prod`, domain: { name: TENANT } } },
  });
}

async function createUser(parts: ReplayParts, creator: Operator, name: string): Promise<string> {
  const domainId = await creator.findId(`identity/v3/domains?name=${TENANT}`);
  const password = randomBytes(12).toString("hex");
  const body = { user: { name, domain_id: domainId, password } };
  const { user } = await creator.call("POST", "identity/v3/users", body);
  parts.credentials.setPassword(name, password);
  if (!isJsonObject(user) || typeof user["id"] !== "string") throw new Error(`No id for ${name}.`);
  return user["id"];
}

async function grantOnProject(manager: Operator, method: "PUT" | "DELETE", role: string): Promise<void> {
  const projectId = await manager.findId(`identity/v3/projects?name=${TENANT}-prod`);
  const userId = await manager.findId(`identity/v3/users?name=${TENANT}-e`);
  const roleId = await manager.findId(`identity/v3/roles?name=${role}`);
  await manager.call(method, `identity/v3/projects/${projectId}/users/${userId}/roles/${roleId}`);
}

async function changeUser(manager: Operator, user: Record<string, unknown>): Promise<void> {
  const userId = await manager.findId(`identity/v3/users?name=${TENANT}-e`);
  await manager.call("PATCH", `identity/v3/users/${userId}`, { user });
}

async function createAppCred(
  parts: ReplayParts,
  owner: Operator,
  appCred: { name: string; unrestricted: boolean },
): Promise<string> {
  const address = `identity/v3/users/${owner.userId}/application_credentials`;
  const created = await owner.call("POST", address, { application_credential: appCred });
  parts.credentials.keepSecret(created);
  const { application_credential: view } = created;
  if (!isJsonObject(view) || typeof view["id"] !== "string") throw new Error(`No id for ${appCred.name}.`);
  return view["id"];
}

/** The recording first shows this credential's id in the capture's own sign-in. */
function learnAppCred(parts: ReplayParts, capture: Capture, actualId: string): void {
  const body = capture.exchanges[0]?.body;
  const recorded = /"application_credential":\{[^}]*"id":"([0-9a-f]{32})"/.exec(JSON.stringify(body))?.[1];
  if (recorded === undefined) throw new Error(`${capture.capture} does not sign in with a credential.`);
  parts.ids.learn(recorded, actualId);
}
