import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningSandbox, startSandbox } from "#server/sandbox/kernel/server.ts";
import { isJsonObject } from "#server/sandbox/kernel/wire.ts";
import { CloudClient } from "./client.ts";
import { type Operator, signIn, signInWithAppCred } from "./operator.ts";

export interface Tenant {
  domainId: string;
  projectId: string;
  userId: string;
  /** The tenant's service user: member and load-balancer_member on the project. */
  user: Operator;
}

/** An embedded cloud of its own with a clock that only moves when told. */
export interface TestCloud {
  sandbox: RunningSandbox;
  client: CloudClient;
  admin: Operator;
  advance: (ms: number) => void;
  addTenant: (name: string) => Promise<Tenant>;
  close: () => Promise<void>;
}

export async function startTestCloud(clusterCreateMs: number): Promise<TestCloud> {
  const dataDir = await mkdtemp(join(tmpdir(), "sandbox-"));
  const start = Date.now();
  let passedMs = 0;
  const sandbox = await startSandbox({ dataDir, clusterCreateMs, now: () => new Date(start + passedMs) });
  const client = new CloudClient(sandbox);
  const admin = await signIn(client, {
    user: "admin",
    userDomain: "admin_domain",
    password: sandbox.adminPassword,
    scope: { project: { name: "admin", domain: { name: "admin_domain" } } },
  });
  return {
    sandbox,
    client,
    admin,
    advance: (ms) => {
      passedMs += ms;
    },
    addTenant: (name) => addTenant({ client, admin }, name),
    close: async () => {
      client.close();
      await sandbox.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function addTenant(cloud: Pick<TestCloud, "client" | "admin">, name: string): Promise<Tenant> {
  const { admin, client } = cloud;
  const password = randomBytes(12).toString("hex");
  const domainId = idIn(await admin.call("POST", "identity/v3/domains", { domain: { name } }), "domain");
  const project = { name: `${name}-prod`, domain_id: domainId };
  const projectId = idIn(await admin.call("POST", "identity/v3/projects", { project }), "project");
  const user = { name: `${name}-svc`, domain_id: domainId, password };
  const userId = idIn(await admin.call("POST", "identity/v3/users", { user }), "user");
  for (const role of ["member", "load-balancer_member"]) {
    const roleId = await admin.findId(`identity/v3/roles?name=${role}`);
    await admin.call("PUT", `identity/v3/projects/${projectId}/users/${userId}/roles/${roleId}`);
  }
  const scope = { project: { name: project.name, domain: { name } } };
  return {
    domainId,
    projectId,
    userId,
    user: await signIn(client, { user: user.name, userDomain: name, password, scope }),
  };
}

/** The tenant's user again, signed in with a new application credential. */
export async function withAppCred(
  cloud: TestCloud,
  tenant: Tenant,
  appCred: { name: string; unrestricted: boolean },
): Promise<Operator> {
  const created = await tenant.user.call(
    "POST",
    `identity/v3/users/${tenant.userId}/application_credentials`,
    { application_credential: appCred },
  );
  const { application_credential: view } = created;
  const secret = isJsonObject(view) ? view["secret"] : null;
  if (typeof secret !== "string") throw new Error("The credential came without its secret.");
  return signInWithAppCred(cloud.client, { id: idIn(created, "application_credential"), secret });
}

/** `document[name].id`, which has to be there. */
export function idIn(document: unknown, name: string): string {
  const resource = isJsonObject(document) ? document[name] : null;
  const id = isJsonObject(resource) ? resource["id"] : null;
  if (typeof id !== "string") throw new Error(`No ${name} id in ${JSON.stringify(document)}`);
  return id;
}
